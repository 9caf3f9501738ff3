import { messageOf, PipefleetError } from '../../src/core/errors.js';
import type { TimeRange } from './time-range.js';

/** One series of an answer: its labels and its points, in Unix seconds. NaN and infinities are values. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly (readonly [seconds: number, value: number])[];
}

/** An alert that Prometheus has in mind. */
export interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: string;
  readonly activeAt: string;
}

/** What Prometheus said instead of an answer. */
export class QueryError extends Error {}

/** The part of Prometheus's HTTP API that dashboards use. */
export interface Prometheus {
  /** @throws {QueryError} when Prometheus refuses the expression */
  instant(expression: string, at: number): Promise<Series[]>;
  /** @throws {QueryError} as `instant` */
  range(expression: string, range: TimeRange, step: number): Promise<Series[]>;
  /** Values of a label, of all series or of those that a selector picks. @throws {QueryError} as `instant` */
  labelValues(label: string, selector: string | undefined, range: TimeRange): Promise<string[]>;
  alerts(): Promise<readonly Alert[]>;
}

interface Result {
  readonly metric?: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

interface QueryData {
  readonly resultType: string;
  readonly result: readonly Result[] | readonly [number, string];
}

/** As Prometheus has it by default, whatever the one that is asked was started with. */
const LOOKBACK = '5m';

/** A client of the Prometheus at `url`. */
export function connect(url: string): Prometheus {
  const ask = async (path: string, parameters: Readonly<Record<string, string>>): Promise<unknown> => {
    const address = `${url.replace(/\/+$/, '')}/api/v1/${path}`;
    const query = new URLSearchParams(parameters);
    const answer = await fetch(`${address}?${query.toString()}`).catch((error: unknown) => {
      throw new PipefleetError(
        'usage',
        `No Prometheus answers at ${url} (${causeOf(error)}): start it, or name another with --prometheus.`,
      );
    });
    const body = (await answer.json().catch(() => ({}))) as { data?: unknown; error?: string };
    if (!answer.ok) throw new QueryError(body.error ?? `Prometheus answered ${answer.status}.`);
    return body.data;
  };
  return {
    instant: async (query, at) =>
      series(await ask('query', { query, time: String(at), lookback_delta: LOOKBACK })),
    range: async (query, { from, to }, step) =>
      series(
        await ask('query_range', {
          query,
          start: String(from),
          end: String(to),
          step: String(step),
          lookback_delta: LOOKBACK,
        }),
      ),
    labelValues: async (label, selector, { from, to }) => {
      const match = selector === undefined ? {} : { 'match[]': selector };
      return (await ask(`label/${label}/values`, {
        ...match,
        start: String(from),
        end: String(to),
      })) as string[];
    },
    alerts: async () => ((await ask('alerts', {})) as { readonly alerts: readonly Alert[] }).alerts,
  };
}

function series(data: unknown): Series[] {
  const { resultType, result } = data as QueryData;
  if (resultType === 'scalar') return [{ labels: {}, points: [point(result as readonly [number, string])] }];
  return (result as readonly Result[]).map(({ metric, value, values }) => ({
    labels: metric ?? {},
    points: (values ?? (value === undefined ? [] : [value])).map(point),
  }));
}

function point([seconds, text]: readonly [number, string]): readonly [number, number] {
  const number = text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text);
  return [seconds, number];
}

/** Why a connection failed, which `fetch` hides one level down. */
function causeOf(error: unknown): string {
  return error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : messageOf(error);
}
