import { PipefleetError } from '../../src/core/errors.js';
import { fixed, scaled } from './number-format.js';
import { clock, duration, fromNow, isoTime, span } from './time-format.js';

/** Writes a value in its unit. `now` is in milliseconds, for units that count from it. */
export type Format = (value: number, decimals: number | undefined, now: number) => string;

const SI = ['f', 'p', 'n', 'µ', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'];
const IEC = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei', 'Zi', 'Yi'];
const COUNT = ['', 'K', 'M', 'B', 'T'];
const SHORT = ['', ' K', ' Mil', ' Bil', ' Tri', ' Quadr', ' Quint', ' Sext', ' Sept'];

/** Prefixes of a thousand, small ones too, and a space before them. */
const si =
  (symbol: string): Format =>
  (value, decimals) =>
    scaled(
      value,
      1000,
      SI.map((prefix) => ` ${prefix}${symbol}`),
      SI.indexOf(''),
      decimals,
    );

/** Prefixes of 1024. */
const iec =
  (symbol: string): Format =>
  (value, decimals) =>
    scaled(
      value,
      1024,
      IEC.map((prefix) => ` ${prefix}${symbol}`),
      0,
      decimals,
    );

/** Counts: the thousands stand at the number, the symbol after a space. */
const count =
  (symbol: string): Format =>
  (value, decimals) =>
    `${scaled(value, 1000, COUNT, 0, decimals)} ${symbol}`;

const plain =
  (symbol: string): Format =>
  (value, decimals) =>
    `${fixed(value, decimals)}${symbol}`;

const time =
  (seconds: number): Format =>
  (value, decimals) =>
    span(value, seconds, decimals);

/**
 * Grafana's units, by their id. Names, bases and suffixes are those of the list of units in its documentation ("Configure
 * standard options", https://grafana.com/docs/grafana/latest/visualizations/panels-visualizations/configure-standard-options/#unit)
 * and of `packages/grafana-data/src/valueFormats/categories.ts`: `bytes` is "bytes(IEC)" with steps of 1024, `decbytes`
 * "bytes(SI)", `bps` "bits/sec(SI)" written b/s, `Bps` "bytes/sec(SI)" written B/s, `pps` packets, written p/s, and the
 * throughputs count in K, M, B. Times of day are in UTC.
 */
export const UNITS: Readonly<Record<string, Format>> = {
  none: plain(''),
  string: (value) => String(value),
  short: (value, decimals) => scaled(value, 1000, SHORT, 0, decimals),
  sishort: (value, decimals) =>
    scaled(
      value,
      1000,
      SI.map((prefix) => ` ${prefix}`.trimEnd()),
      SI.indexOf(''),
      decimals,
    ),
  percent: plain('%'),
  percentunit: (value, decimals) => `${fixed(Number((value * 100).toPrecision(12)), decimals)}%`,
  locale: (value, decimals) =>
    value.toLocaleString('en-US', decimals === undefined ? {} : { maximumFractionDigits: decimals }),
  bytes: iec('B'),
  bits: iec('b'),
  decbytes: si('B'),
  decbits: si('b'),
  kbytes: (value, decimals, now) => iec('B')(value * 1024, decimals, now),
  mbytes: (value, decimals, now) => iec('B')(value * 1024 ** 2, decimals, now),
  gbytes: (value, decimals, now) => iec('B')(value * 1024 ** 3, decimals, now),
  Bps: si('B/s'),
  bps: si('b/s'),
  binBps: iec('B/s'),
  binbps: iec('b/s'),
  pps: si('p/s'),
  hertz: si('Hz'),
  rothz: si('Hz'),
  watt: si('W'),
  volt: si('V'),
  amp: si('A'),
  rotrpm: plain(' rpm'),
  celsius: plain(' °C'),
  fahrenheit: plain(' °F'),
  degree: plain(' °'),
  s: time(1),
  ms: time(1e-3),
  µs: time(1e-6),
  ns: time(1e-9),
  m: time(60),
  h: time(3600),
  d: time(86_400),
  dtdurations: (value, decimals) => duration(value, decimals),
  dtdurationms: (value, decimals) => duration(value / 1000, decimals),
  dthms: clock,
  clocks: clock,
  dateTimeAsIso: isoTime,
  dateTimeAsIsoNoDateIfToday: isoTime,
  dateTimeAsSystem: isoTime,
  dateTimeAsLocal: isoTime,
  dateTimeFromNow: (value, _decimals, now) => fromNow(value, now),
  cps: count('c/s'),
  ops: count('ops/s'),
  reqps: count('req/s'),
  rps: count('rd/s'),
  wps: count('wr/s'),
  iops: count('io/s'),
  eps: count('evt/s'),
  mps: count('msg/s'),
  cpm: count('c/m'),
  opm: count('ops/m'),
  reqpm: count('req/m'),
  bool: (value) => (value === 0 ? 'False' : 'True'),
  bool_yes_no: (value) => (value === 0 ? 'No' : 'Yes'),
  bool_on_off: (value) => (value === 0 ? 'Off' : 'On'),
};

/** Units whose scale runs in powers of two. */
export const BINARY_UNITS: ReadonlySet<string> = new Set([
  'bytes',
  'bits',
  'kbytes',
  'mbytes',
  'gbytes',
  'binBps',
  'binbps',
]);

/**
 * The format of a unit.
 *
 * @throws {PipefleetError} when Grafana may know the unit, but the preview does not
 */
export function formatOf(unit: string | undefined): Format {
  if (unit === undefined || unit === '') return plain('');
  const [kind, symbol] = unit.split(/:(.*)/s);
  if (symbol !== undefined && kind === 'suffix') return plain(` ${symbol}`);
  if (symbol !== undefined && kind === 'prefix')
    return (value, decimals) => `${symbol}${fixed(value, decimals)}`;
  if (symbol !== undefined && kind === 'si') return si(symbol);
  if (symbol !== undefined && kind === 'count') return count(symbol);
  const found = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
  if (found !== undefined) return found;
  throw new PipefleetError(
    'config_invalid',
    `The unit "${unit}" has no format: add it to grafana/preview/units.ts.`,
  );
}
