import { PipefleetError, messageOf } from '../../src/core/errors.js';

/** One colour from a value on; `null` is everything below the first bound. */
export interface ThresholdStep {
  readonly value: number | null;
  readonly color: string;
}

/** Colours by value. */
export interface Thresholds {
  readonly mode?: 'absolute' | 'percentage';
  readonly steps?: readonly ThresholdStep[];
}

/** What a mapping puts in the place of a value. */
export interface MappingResult {
  readonly text?: string;
  readonly color?: string;
}

/** A mapping of values to words and colours; the form of `options` depends on `type`. */
export interface Mapping {
  readonly type: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** A link of a field. */
export interface DataLink {
  readonly title?: string;
  readonly url?: string;
}

/** How the values of one field are to look. `custom` belongs to the type of panel. */
export interface FieldConfig {
  readonly displayName?: string;
  readonly unit?: string;
  readonly decimals?: number;
  readonly min?: number;
  readonly max?: number;
  readonly noValue?: string;
  readonly thresholds?: Thresholds;
  readonly mappings?: readonly Mapping[];
  readonly links?: readonly DataLink[];
  readonly color?: { readonly mode?: string; readonly fixedColor?: string; readonly seriesBy?: string };
  readonly custom?: Readonly<Record<string, unknown>>;
}

/** A change of the configuration for the fields that its matcher picks. */
export interface Override {
  readonly matcher: { readonly id: string; readonly options?: unknown };
  readonly properties: readonly { readonly id: string; readonly value?: unknown }[];
}

/** One query of a panel. */
export interface Target {
  readonly refId: string;
  readonly expr?: string;
  readonly legendFormat?: string;
  readonly instant?: boolean;
  readonly range?: boolean;
  readonly format?: string;
  readonly hide?: boolean;
  readonly interval?: string;
}

/** One step between the queries and the panel. */
export interface Transformation {
  readonly id: string;
  /** The frames that it is for; all when left out. */
  readonly filter?: { readonly id: string; readonly options?: unknown };
  readonly disabled?: boolean;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** Place of a panel: columns of 24, rows of 38 pixels. */
export interface GridPos {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** One panel of a dashboard's JSON. */
export interface Panel {
  readonly type: string;
  readonly id: number;
  readonly title?: string;
  readonly description?: string;
  readonly gridPos: GridPos;
  readonly transparent?: boolean;
  readonly collapsed?: boolean;
  readonly repeat?: string;
  readonly panels?: readonly Panel[];
  readonly targets?: readonly Target[];
  readonly transformations?: readonly Transformation[];
  readonly fieldConfig?: { readonly defaults?: FieldConfig; readonly overrides?: readonly Override[] };
  readonly options?: Readonly<Record<string, unknown>>;
  readonly interval?: string;
  readonly maxDataPoints?: number;
  readonly timeFrom?: string;
}

/** One variable of a dashboard. */
export interface Variable {
  readonly type: string;
  readonly name: string;
  readonly label?: string;
  readonly hide?: number;
  readonly query?: string | { readonly query?: string };
  readonly regex?: string;
  readonly multi?: boolean;
  readonly includeAll?: boolean;
  readonly allValue?: string;
  readonly sort?: number;
  readonly current?: {
    readonly text?: string | readonly string[];
    readonly value?: string | readonly string[];
  };
}

/** Events from a query, drawn over the graphs. */
export interface AnnotationQuery {
  readonly name: string;
  readonly enable?: boolean;
  readonly iconColor?: string;
  readonly expr?: string;
}

/** What a preview needs of a dashboard in the classic JSON of Grafana. */
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly time?: { readonly from: string; readonly to: string };
  readonly panels: readonly Panel[];
  readonly templating?: { readonly list?: readonly Variable[] };
  readonly annotations?: { readonly list?: readonly AnnotationQuery[] };
}

/**
 * Reads the JSON of a dashboard.
 *
 * @param path for the message
 * @throws {PipefleetError} when it is no JSON, or no dashboard in the classic form
 */
export function readDashboard(text: string, path: string): Dashboard {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (error) {
    throw new PipefleetError(
      'config_invalid',
      `${path} is not JSON (${messageOf(error)}): run "npm run generate".`,
    );
  }
  if (typeof found !== 'object' || found === null || !('uid' in found) || !('panels' in found)) {
    throw new PipefleetError(
      'config_invalid',
      `${path} has no uid or no panels: it is no dashboard in classic JSON.`,
    );
  }
  return found as Dashboard;
}
