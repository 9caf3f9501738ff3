import { ParseError } from './collector.js';
import type { MetricSpec, Sample } from './collector.js';

/** What adjtimex(2) returns while the clock is not synchronized, TIME_ERROR. */
const TIME_ERROR = 5;
/** Bit of the status that makes nanoseconds of microseconds, STA_NANO. */
const STA_NANO = 0x2000;
const MICROSECONDS = 1e6;
const NANOSECONDS = 1e9;
/** Parts per million with 16 bits behind the point, see NOTES in adjtimex(2). */
const SCALED_PPM = 1_000_000 * 65_536;

/** Fields of struct timex behind `modes`, in their order; `result` is what the system call returned. */
const FIELDS = (
  'result offset freq maxerror esterror status constant precision tolerance sec usec tick ppsfreq jitter shift stabil ' +
  'jitcnt calcnt errcnt stbcnt tai'
).split(' ');

/** Where the applet of busybox prints each field that it has. */
const OF_BUSYBOX = {
  result: /^ *return value: (-?\d+)/m,
  offset: /^-o +offset: +(-?\d+)/m,
  freq: /^-f +freq\.adjust: +(-?\d+)/m,
  maxerror: /^ *maxerror: +(-?\d+)/m,
  esterror: /^ *esterror: +(-?\d+)/m,
  status: /^ *status: +(\d+)/m,
  constant: /^-p +timeconstant: +(-?\d+)/m,
  sec: /^ *time\.tv_sec: +(\d+)/m,
  usec: /^ *time\.tv_usec: +(\d+)/m,
  tick: /^-t +tick: +(-?\d+)/m,
} as const;

const WHOLE = /^-?\d{1,18}$/;

/**
 * Prints `timex` and the fields of {@link FIELDS}, as the kernel gives them to anybody who changes nothing. The number of the system
 * call goes by the machine of perl itself (e_machine of its ELF header: x86-64, AArch64, RISC-V, all of 64 bits and little-endian);
 * on any other it fails.
 */
export const PERL_ADJTIMEX = `perl -e 'open F,"/proc/self/exe";read F,$h,20;
($c,$o,$m)=unpack"x4CCx12v",$h;$n={62,159,183,171,243,171}->{$m};$b="\\0"x256;
$c==2&&$o==1&&$n&&($r=syscall$n,$b)>=0||die;
print join(" ","timex",$r+0,unpack"x8q4ix4q8ix4q5i",$b),"\\n"'`;

interface TimexMetric {
  readonly metric: string;
  readonly help: string;
  readonly type?: 'counter';
  readonly field: string;
  /** The value as node_exporter computes it. */
  readonly value: (field: number, status: number) => number;
}

const resolution = (status: number): number => ((status & STA_NANO) === 0 ? MICROSECONDS : NANOSECONDS);
const plain = (field: number): number => field;
const micro = (field: number): number => field / MICROSECONDS;
const scaled = (field: number): number => field / SCALED_PPM;

const METRICS: readonly TimexMetric[] = [
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

/** The metrics of adjtimex(2). */
export const TIMEX_METRICS: Readonly<Record<string, MetricSpec>> = Object.fromEntries(
  METRICS.map(({ metric, help, type }): [string, MetricSpec] => [
    metric,
    { type: type ?? 'gauge', help, source: 'adjtimex(2)' },
  ]),
);

/**
 * What adjtimex(2) said, with the time of the clock in seconds.
 *
 * @param output of {@link PERL_ADJTIMEX} or of `busybox adjtimex`
 * @returns undefined when it is neither
 * @throws {ParseError} when a field is missing
 */
export function readTimex(
  output: string,
): { readonly seconds: number; readonly samples: Sample[] } | undefined {
  const fields = readFields(output);
  if (fields === undefined) return undefined;
  const status = fields.get('status') ?? 0;
  const fraction = (fields.get('usec') ?? 0) / resolution(status);
  const samples: Sample[] = [];
  for (const { metric, field, value } of METRICS) {
    const number = fields.get(field);
    if (number !== undefined) samples.push({ metric, value: value(number, status) });
  }
  return { seconds: (fields.get('sec') ?? 0) + fraction, samples };
}

function readFields(output: string): ReadonlyMap<string, number> | undefined {
  const [word, ...numbers] = (output.split('\n', 1)[0] ?? '').split(' ');
  if (word === 'timex') {
    if (numbers.length < FIELDS.length)
      throw new ParseError('adjtimex(2) gave fewer fields than documented.');
    return new Map(FIELDS.map((name, index) => [name, readWhole(numbers[index], name)]));
  }
  if (!OF_BUSYBOX.tick.test(output)) return undefined;
  return new Map(
    Object.entries(OF_BUSYBOX).map(([name, line]) => [name, readWhole(line.exec(output)?.[1], name)]),
  );
}

function readWhole(word: string | undefined, name: string): number {
  if (word === undefined || !WHOLE.test(word)) throw new ParseError(`adjtimex(2) gave no number as ${name}.`);
  return Number(word);
}
