import { interpolate, type Variables } from './interpolate.js';
import { nameSeries, tableFrame, trendFrame, type Frame, type NamedSeries } from './frames.js';
import type { Panel } from './model.js';
import { QueryError, type Prometheus, type Series } from './prometheus.js';
import { promDuration, secondsOf, stepFor, type TimeRange } from './time-range.js';
import { transform } from './transform.js';

/** What a panel shows. */
export interface PanelData {
  readonly series: readonly NamedSeries[];
  /** After the transformations; of queries in table format. */
  readonly frames: readonly Frame[];
  readonly range: TimeRange;
  /** What Prometheus refused. */
  readonly errors: readonly string[];
}

/** Points of a graph in a panel as wide as the page. */
const POINTS = 1200;

/** Asks every query of a panel. `scrapeSeconds` is what the data source says in Grafana. */
export async function panelData(
  panel: Panel,
  variables: Variables,
  dashboardRange: TimeRange,
  prometheus: Prometheus,
  scrapeSeconds: number,
): Promise<PanelData> {
  const range =
    panel.timeFrom === undefined
      ? dashboardRange
      : { from: dashboardRange.to - secondsOf(panel.timeFrom), to: dashboardRange.to };
  const least = panel.interval === undefined ? scrapeSeconds : secondsOf(panel.interval);
  const step = stepFor(range, (POINTS * panel.gridPos.w) / 24, least);
  const own: Variables = {
    __interval: promDuration(step),
    __rate_interval: promDuration(Math.max(step + scrapeSeconds, 4 * scrapeSeconds)),
    __range: promDuration(range.to - range.from),
    __range_s: String(range.to - range.from),
  };
  const errors: string[] = [];
  const series: NamedSeries[] = [];
  const frames: Frame[] = [];
  const trends = (panel.transformations ?? []).filter(({ id }) => id === 'timeSeriesTable');
  for (const target of panel.targets ?? []) {
    const expression = interpolate(target.expr ?? '', { ...variables, ...own });
    let found: Series[] = [];
    try {
      found =
        target.instant === true
          ? await prometheus.instant(expression, timeOf(expression, range))
          : await prometheus.range(expression, range, step);
    } catch (error) {
      if (!(error instanceof QueryError)) throw error;
      errors.push(`${panel.title ?? panel.type}, query ${target.refId}: ${error.message}`);
    }
    if (target.format === 'table') frames.push(tableFrame(target, found, panel));
    else if (trends.some(({ filter }) => filter?.options === target.refId))
      frames.push(trendFrame(target, found));
    else series.push(...nameSeries(target, found));
  }
  return { series, frames: transform(frames, panel.transformations ?? []), range, errors };
}

/** What fires is told of the present alone, also where the data ends before it. */
function timeOf(expression: string, { to }: TimeRange): number {
  return expression.includes('ALERTS') ? Date.now() / 1000 : to;
}
