import { PipefleetError } from '../../src/core/errors.js';

/** A range of time, in Unix seconds. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

const SECONDS: Readonly<Record<string, number>> = {
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  M: 2_592_000,
  y: 31_536_000,
};

/** Steps that Grafana rounds an interval to, in seconds. */
const STEPS = [
  1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
];

/** Seconds of a duration such as `30s` or `6h`. @throws {PipefleetError} when it is none */
export function secondsOf(text: string): number {
  const { count, unit } = /^>?(?<count>\d+(?:\.\d+)?)(?<unit>ms|[smhdwMy])$/.exec(text)?.groups ?? {};
  const size = unit === undefined ? undefined : SECONDS[unit];
  if (size === undefined) {
    throw new PipefleetError(
      'usage',
      `"${text}" is no duration: write a number and s, m, h, d or w, such as 6h.`,
    );
  }
  return Number(count) * size;
}

/** The range of a dashboard's `time`: `now` and what is taken from it; a rounding such as `/d` is left out. */
export function timeRange(
  time: { readonly from: string; readonly to: string } | undefined,
  now: number,
): TimeRange {
  const at = (text: string): number => {
    const { back } = /^now(?:-(?<back>\w+))?(?:\/[smhdwMy])?$/.exec(text)?.groups ?? {};
    if (back === undefined && !text.startsWith('now')) {
      throw new PipefleetError(
        'config_invalid',
        `"${text}" is no time that a preview can show: write now or now-6h.`,
      );
    }
    return now - (back === undefined ? 0 : secondsOf(back));
  };
  return { from: at(time?.from ?? 'now-6h'), to: at(time?.to ?? 'now') };
}

/** The step of a range query, as Grafana chooses it: one point a pixel, rounded, and at least `least` seconds. */
export function stepFor(range: TimeRange, points: number, least: number): number {
  const wanted = Math.max((range.to - range.from) / Math.max(points, 1), least);
  return STEPS.find((step) => step >= wanted * 0.9 && step >= least) ?? Math.ceil(wanted);
}

/** A span as PromQL writes it. */
export function promDuration(seconds: number): string {
  return Number.isInteger(seconds) ? `${seconds}s` : `${Math.round(seconds * 1000)}ms`;
}
