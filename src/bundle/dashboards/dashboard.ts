import {
  DashboardCursorSync,
  DashboardLinkType,
  defaultDashboard,
  type AnnotationQuery,
  type DashboardLink,
  type Panel,
  type RowPanel,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DATASOURCE } from './panels.js';

/** Panels under a heading. */
export interface Section {
  /** Panel id of the heading. */
  readonly id: number;
  readonly title: string;
  readonly panels: readonly Panel[];
}

export interface DashboardSpec {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly variables: readonly VariableModel[];
  /** Matchers of the alerts that are marked in the graphs. */
  readonly alerts: string;
  /** Series whose value is the Unix time of something that is marked too, by its name. */
  readonly events?: Readonly<Record<string, EventSource>>;
  /** What is shown when it is opened: the past six hours when left out. */
  readonly from?: string;
  readonly sections: readonly Section[];
}

/** Something that happens to nodes at a time that they state. */
export interface EventSource {
  readonly expr: string;
  readonly colour: string;
  /** Template of its words. */
  readonly text: string;
  readonly isShown: boolean;
}

/** Every dashboard of the project has it: the link in the head lists them by it. */
export const TAG = 'pipefleet';

/**
 * A dashboard in the classic form (schema 42) as pretty-printed JSON. Grafana's provisioning from files takes this form on
 * 11, 12 and 13; the newer one it takes only in some versions.
 */
export function dashboardJson(spec: DashboardSpec): string {
  const dashboard = {
    ...defaultDashboard(),
    uid: spec.uid,
    title: spec.title,
    description: spec.description,
    tags: [TAG],
    editable: false,
    graphTooltip: DashboardCursorSync.Crosshair,
    time: { from: spec.from ?? 'now-6h', to: 'now' },
    refresh: '1m',
    templating: { list: spec.variables },
    annotations: { list: [...annotations(spec.alerts), ...events(spec.events ?? {})] },
    links: [otherDashboards()],
    panels: arrange(spec.sections),
  };
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}

const PAGE_WIDTH = 24;

/** Places the panels row by row, from left to right, each section under its heading. */
function arrange(sections: readonly Section[]): (Panel | RowPanel)[] {
  const placed: (Panel | RowPanel)[] = [];
  let y = 0;
  for (const { id, title, panels } of sections) {
    placed.push({
      type: 'row',
      id,
      title,
      collapsed: false,
      gridPos: { h: 1, w: PAGE_WIDTH, x: 0, y },
      panels: [],
    });
    y += 1;
    let x = 0;
    let rowHeight = 0;
    for (const panel of panels) {
      const { w = PAGE_WIDTH, h = 8 } = panel.gridPos ?? {};
      if (x + w > PAGE_WIDTH) {
        y += rowHeight;
        x = 0;
        rowHeight = 0;
      }
      placed.push({ ...panel, gridPos: { h, w, x, y } });
      x += w;
      rowHeight = Math.max(rowHeight, h);
    }
    y += rowHeight;
  }
  return placed;
}

/** What fires is a coloured band in every graph. */
function annotations(alerts: string): AnnotationQuery[] {
  const colours = [
    ['critical', 'red'],
    ['warning', 'orange'],
  ] as const;
  return colours.map(([severity, iconColor]) => ({
    name: `Alerts: ${severity}`,
    enable: severity === 'critical',
    iconColor,
    datasource: DATASOURCE,
    expr: `ALERTS{alertstate="firing", severity="${severity}", ${alerts}}`,
    step: '30s',
    titleFormat: '{{alertname}}',
    textFormat: '{{instance}} {{reason}}',
    tagKeys: 'severity,group',
  }));
}

/** What happened shows at the time that the node states for it, however late it was asked. */
function events(sources: Readonly<Record<string, EventSource>>): AnnotationQuery[] {
  return Object.entries(sources).map(([name, { expr, colour, text, isShown }]) => ({
    name,
    enable: isShown,
    iconColor: colour,
    datasource: DATASOURCE,
    expr: `${expr} * 1000`,
    step: '2m',
    useValueForTime: true,
    titleFormat: name,
    textFormat: text,
    tagKeys: '',
  }));
}

/** A plain object: the builder of the SDK hides the link in a menu. */
function otherDashboards(): DashboardLink {
  return {
    title: 'Pipe dashboards',
    type: DashboardLinkType.Dashboards,
    icon: 'external link',
    tooltip: 'The other dashboards, with the same time range',
    tags: [TAG],
    asDropdown: false,
    targetBlank: false,
    includeVars: false,
    keepTime: true,
  };
}
