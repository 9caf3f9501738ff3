/** Samples of a series as promtool writes them, such as `1x20 0x10`, by its selector. */
export type SampleSeries = Readonly<Record<string, string>>;

/** One alert that is expected. */
export interface Firing {
  /** Every label but alertname and severity. */
  readonly labels: Readonly<Record<string, string>>;
  /** The description with everything filled in. */
  readonly says: string;
}

/** What an alert does in one situation. */
export interface AlertCase {
  readonly alert: string;
  /** The situation, in words. */
  readonly when: string;
  readonly series: SampleSeries;
  /** Time at which it is looked at, a Prometheus duration from the first sample. */
  readonly at: string;
  /** Empty when it is to keep silent. */
  readonly fires: readonly Firing[];
  /** Between two samples; 30s when left out. */
  readonly interval?: string;
  /** Between two evaluations; as `interval` when left out. */
  readonly every?: string;
}

/** What a recording rule computes in one situation. */
export interface RecordCase {
  readonly record: string;
  readonly when: string;
  readonly series: SampleSeries;
  readonly at: string;
  /** Value by the labels that differ, as a selector's inside; empty when there is to be none. */
  readonly gives: Readonly<Record<string, number>>;
  /** The rule is evaluated without the others of its group, whose series are among the samples. */
  readonly alone?: boolean;
  /** To which multiple the value is rounded before; not at all when left out. */
  readonly round?: number;
  readonly interval?: string;
  readonly every?: string;
}

const PLACE = 'group="eu", region="europe"';

/** Labels of the targets that the cases speak of, without braces. */
export const NODE = `job="pipe-node", instance="fra-1", ${PLACE}`;
export const INVENTORY = `job="pipe-inventory", instance="fra-1", ${PLACE}`;
export const AUDIT = `job="pipe-audit", instance="fra-1", ${PLACE}`;
export const EXPORTER = 'job="pipefleet", instance="pipefleet:10950"';
export const PROMETHEUS = 'job="prometheus", instance="prometheus:9090"';
export const ALERTMANAGER = 'job="alertmanager", instance="alertmanager:9093"';

/** Labels of another node of the same job. */
export function peer(instance: string, region = 'europe'): string {
  return `job="pipe-node", instance="${instance}", group="eu", region="${region}"`;
}

/** Labels as a record, from the inside of a selector. */
export function labelsOf(inside: string): Record<string, string> {
  const pairs = [...inside.matchAll(/(?<name>\w+)="(?<value>[^"]*)"/g)];
  return Object.fromEntries(pairs.map(({ groups }) => [groups?.['name'] ?? '', groups?.['value'] ?? '']));
}

/** A case in which the alert fires once. */
export function fires(
  alert: string,
  when: string,
  series: SampleSeries,
  at: string,
  labels: string,
  says: string,
  more: Pick<AlertCase, 'interval' | 'every'> = {},
): AlertCase {
  return { alert, when, series, at, fires: [{ labels: labelsOf(labels), says }], ...more };
}

/** A case in which the alert keeps silent. */
export function silent(
  alert: string,
  when: string,
  series: SampleSeries,
  at: string,
  more: Pick<AlertCase, 'interval' | 'every'> = {},
): AlertCase {
  return { alert, when, series, at, fires: [], ...more };
}
