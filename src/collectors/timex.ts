import { ParseError } from './collector.js';
import type { Sample } from './collector.js';
import { resolution, TIMEX } from './timex-metrics.js';

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
 * Gives `timex` and the fields of {@link FIELDS}, as the kernel gives them to anybody who changes nothing. The number of the
 * system call goes by the machine (x86-64, AArch64, RISC-V, all of 64 bits and little-endian); any other has none.
 */
export const PERL_TIMEX = `my$n={62,159,183,171,243,171}->{machine()}||return;my$b="\\0"x256;my$r=syscall$n,$b;
$r<0?undef:join" ","timex",$r+0,unpack"x8q4ix4q8ix4q5i",$b`;

/**
 * What adjtimex(2) said, with the time of the clock in seconds.
 *
 * @param output of {@link PERL_TIMEX} or of `busybox adjtimex`
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
  for (const { metric, field, value } of TIMEX) {
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
