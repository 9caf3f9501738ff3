import type { Scope } from './scope.js';

/** A series that Prometheus computes and keeps, named `level:metric:operations`. */
export interface RecordingRule {
  readonly record: string;
  /** Why it is as it is; becomes a comment of the file. */
  readonly note?: string;
  readonly expr: (scope: Scope) => string;
}

/** Rules that are evaluated one after the other. */
export interface RecordingGroup {
  readonly name: string;
  /** A Prometheus duration; the evaluation interval of the server when left out. */
  readonly interval?: string;
  readonly rules: readonly RecordingRule[];
}

export type Severity = 'critical' | 'warning' | 'info' | 'none';

/** A number of an alert that an operator may want to have otherwise. */
export interface Setting {
  readonly value: number;
  /** What it is, and in which unit. */
  readonly meaning: string;
}

/** The dashboard that shows what an alert speaks of; one with `instance` opens at the node. */
export type DashboardName =
  | 'home'
  | 'fleet'
  | 'node'
  | 'compare'
  | 'reliability'
  | 'capacity'
  | 'versions'
  | 'security'
  | 'exporter'
  | 'network';

/** Values of an alert's settings, by name. */
export type Values<Names extends string> = Readonly<Record<Names, number>>;

export interface AlertSpec<Names extends string> {
  /** CamelCase; also the heading of its runbook. */
  readonly name: string;
  readonly severity: Severity;
  readonly note?: string;
  readonly settings?: Readonly<Record<Names, Setting>>;
  readonly expr: (scope: Scope, settings: Values<Names>) => string;
  /** Prometheus durations. */
  readonly for?: string;
  readonly keepFiringFor?: string;
  /** A static sentence. */
  readonly summary: string;
  /** A template with what is specific; a value in it is rounded. */
  readonly description: string | ((scope: Scope) => string);
  readonly dashboard: DashboardName;
}

/** An alert whose settings have lost their names, as a registry holds it. */
export type Alert = Omit<AlertSpec<string>, 'settings' | 'expr'> & {
  readonly settings: Readonly<Record<string, Setting>>;
  readonly expr: (scope: Scope, settings: Values<string>) => string;
};

export interface AlertGroup {
  readonly name: string;
  readonly alerts: readonly Alert[];
}

/** Defines an alert; its expression can use the settings that it names, and no others. */
export function alert<Names extends string = never>(spec: AlertSpec<Names>): Alert {
  return { ...spec, settings: spec.settings ?? {} };
}

/** A template of several lines without the indentation that the source around it has. */
export function promql(parts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  const text = String.raw({ raw: parts.raw }, ...values);
  const lines = text.replace(/^\n/, '').trimEnd().split('\n');
  const indents = lines.filter((line) => line.trim() !== '').map((line) => /^ */.exec(line)?.[0].length ?? 0);
  const least = Math.min(...indents);
  return lines.map((line) => line.slice(least)).join('\n');
}
