import type { MetricSpec } from './collector.js';

/** What adjtimex(2) returns while the clock is not synchronized, TIME_ERROR. */
const TIME_ERROR = 5;
/** Bit of the status that makes nanoseconds of microseconds, STA_NANO. */
const STA_NANO = 0x2000;
const MICROSECONDS = 1e6;
const NANOSECONDS = 1e9;
/** Parts per million with 16 bits behind the point, see NOTES in adjtimex(2). */
const SCALED_PPM = 1_000_000 * 65_536;

interface TimexMetric {
  readonly metric: string;
  readonly help: string;
  readonly type?: 'counter';
  readonly field: string;
  /** The value as node_exporter computes it. */
  readonly value: (field: number, status: number) => number;
}

/** In how many parts of a second the kernel counts. */
export const resolution = (status: number): number =>
  (status & STA_NANO) === 0 ? MICROSECONDS : NANOSECONDS;
const plain = (field: number): number => field;
const micro = (field: number): number => field / MICROSECONDS;
const scaled = (field: number): number => field / SCALED_PPM;

/** The metrics of adjtimex(2), and how each comes from a field of struct timex. */
export const TIMEX: readonly TimexMetric[] = [
  {
    metric: 'node_timex_sync_status',
    help: '1 when the kernel takes the clock for synchronized, else 0.',
    field: 'result',
    value: (result) => (result === TIME_ERROR ? 0 : 1),
  },
  {
    metric: 'node_timex_offset_seconds',
    help: 'What the clock still has to be moved by, in seconds.',
    field: 'offset',
    value: (offset, status) => offset / resolution(status),
  },
  {
    metric: 'node_timex_frequency_adjustment_ratio',
    help: 'How fast the clock is made to run, 1 being its own speed.',
    field: 'freq',
    value: (freq) => 1 + scaled(freq),
  },
  {
    metric: 'node_timex_maxerror_seconds',
    help: 'How many seconds the clock is off at most.',
    field: 'maxerror',
    value: micro,
  },
  {
    metric: 'node_timex_estimated_error_seconds',
    help: 'How many seconds the clock is off by estimation.',
    field: 'esterror',
    value: micro,
  },
  {
    metric: 'node_timex_status',
    help: 'Bits that say how the clock is steered, the STA_ constants of adjtimex(2).',
    field: 'status',
    value: plain,
  },
  {
    metric: 'node_timex_loop_time_constant',
    help: 'Time constant of the phase-locked loop.',
    field: 'constant',
    value: plain,
  },
  {
    metric: 'node_timex_tick_seconds',
    help: 'Seconds between ticks of the clock.',
    field: 'tick',
    value: micro,
  },
  {
    metric: 'node_timex_pps_frequency_hertz',
    help: 'Frequency of the pulse per second.',
    field: 'ppsfreq',
    value: scaled,
  },
  {
    metric: 'node_timex_pps_jitter_seconds',
    help: 'Jitter of the pulse per second.',
    field: 'jitter',
    value: (jitter, status) => jitter / resolution(status),
  },
  {
    metric: 'node_timex_pps_shift_seconds',
    help: 'Duration of the interval of the pulse per second.',
    field: 'shift',
    value: plain,
  },
  {
    metric: 'node_timex_pps_stability_hertz',
    help: 'Stability of the pulse per second.',
    field: 'stabil',
    value: scaled,
  },
  {
    metric: 'node_timex_pps_jitter_total',
    help: 'Pulses that jittered more than they may.',
    type: 'counter',
    field: 'jitcnt',
    value: plain,
  },
  {
    metric: 'node_timex_pps_calibration_total',
    help: 'Calibration intervals of the pulse per second.',
    type: 'counter',
    field: 'calcnt',
    value: plain,
  },
  {
    metric: 'node_timex_pps_error_total',
    help: 'Calibration intervals of the pulse per second that failed.',
    type: 'counter',
    field: 'errcnt',
    value: plain,
  },
  {
    metric: 'node_timex_pps_stability_exceeded_total',
    help: 'Pulses that were less stable than they must be.',
    type: 'counter',
    field: 'stbcnt',
    value: plain,
  },
  {
    metric: 'node_timex_tai_offset_seconds',
    help: 'Seconds by which International Atomic Time is ahead, as far as the kernel was told.',
    field: 'tai',
    value: plain,
  },
];

/** What the metrics of adjtimex(2) promise. */
export const TIMEX_METRICS: Readonly<Record<string, MetricSpec>> = Object.fromEntries(
  TIMEX.map(({ metric, help, type }): [string, MetricSpec] => [
    metric,
    { type: type ?? 'gauge', help, source: 'adjtimex(2)' },
  ]),
);
