import type { Panel, Target } from './model.js';
import type { Series } from './prometheus.js';

/** Points over time as one value, for a small line in a table. */
export interface Trend {
  readonly points: readonly (readonly [seconds: number, value: number])[];
}

export type Value = string | number | Trend | undefined;

/** A column: values under a name. A series of its own has the labels that it came with. */
export interface Field {
  readonly name: string;
  readonly values: readonly Value[];
}

/** A table, as Grafana passes them from queries through transformations to panels. */
export interface Frame {
  readonly refId: string;
  readonly fields: readonly Field[];
}

/** One line of a graph: its name, its labels, its points. */
export interface NamedSeries extends Series {
  readonly refId: string;
  readonly name: string;
}

/** What Grafana calls a series: the template of its query, else its labels. */
export function nameSeries(target: Target, series: readonly Series[]): NamedSeries[] {
  return series.map((one) => ({ ...one, refId: target.refId, name: legendOf(target, one) }));
}

function legendOf({ legendFormat = '', expr = '' }: Target, { labels }: Series): string {
  if (legendFormat !== '' && legendFormat !== '__auto') {
    return legendFormat
      .replaceAll(/\{\{\s*(?<label>\w+)\s*\}\}/g, (_all, label: string) => labels[label] ?? '')
      .trim();
  }
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return pairs.length === 0 ? expr : `{${pairs.join(', ')}}`;
}

/** The answer of a query in table format: a column a label, and the value under the name that Grafana gives it. */
export function tableFrame(target: Target, series: readonly Series[], panel: Panel): Frame {
  const labels = [...new Set(series.flatMap((one) => Object.keys(one.labels)))].sort();
  const isOnly = (panel.targets ?? []).length === 1;
  return {
    refId: target.refId,
    fields: [
      { name: 'Time', values: series.map(({ points }) => (points.at(-1)?.[0] ?? 0) * 1000) },
      ...labels.map((label) => ({ name: label, values: series.map((one) => one.labels[label]) })),
      {
        name: isOnly ? 'Value' : `Value #${target.refId}`,
        values: series.map(({ points }) => points.at(-1)?.[1]),
      },
    ],
  };
}

/** The answer of a query over time as what `timeSeriesTable` makes of it: a row a series, with the points as one value. */
export function trendFrame(target: Target, series: readonly Series[]): Frame {
  const labels = [...new Set(series.flatMap((one) => Object.keys(one.labels)))].sort();
  return {
    refId: target.refId,
    fields: [
      ...labels.map((label) => ({ name: label, values: series.map((one) => one.labels[label]) })),
      { name: `Trend #${target.refId}`, values: series.map(({ points }) => ({ points })) },
    ],
  };
}
