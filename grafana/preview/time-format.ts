import { fixed } from './number-format.js';

const SECOND = 1;
const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
const WEEK = 604_800;
const YEAR = 31_536_000;

/** From which number of seconds on Grafana divides, and what it writes then. */
const SCALE: readonly (readonly [from: number, divisor: number, suffix: string])[] = [
  [YEAR, YEAR, ' years'],
  [WEEK, WEEK, ' weeks'],
  [DAY, DAY, ' days'],
  [HOUR, HOUR, ' hours'],
  [MINUTE, MINUTE, ' mins'],
  [SECOND, SECOND, ' s'],
  [1e-3, 1e-3, ' ms'],
  [1e-6, 1e-6, ' µs'],
  [0, 1e-9, ' ns'],
];

/**
 * A span of time in the largest unit that it reaches, as Grafana's units `s`, `ms`, `m`, `h` and `d` do.
 *
 * @param unit seconds of the unit in which the value is given
 */
export function span(value: number, unit: number, decimals?: number): string {
  const seconds = value * unit;
  if (!Number.isFinite(seconds)) return fixed(value);
  const found = SCALE.find(([from]) => Math.abs(seconds) >= from * (1 - 1e-12) && seconds !== 0);
  if (found === undefined) return `${fixed(0, decimals)} ${OWN[unit] ?? 's'}`;
  const [, divisor, suffix] = found;
  return `${fixed(tidy(seconds / divisor), decimals)}${suffix}`;
}

/** What nothing is counted in. */
const OWN: Readonly<Record<number, string>> = {
  [1e-3]: 'ms',
  [MINUTE]: 'mins',
  [HOUR]: 'hours',
  [DAY]: 'days',
};

/** Takes away what dividing floats has added. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

const PARTS: readonly (readonly [seconds: number, name: string])[] = [
  [YEAR, 'year'],
  [30 * DAY, 'month'],
  [WEEK, 'week'],
  [DAY, 'day'],
  [HOUR, 'hour'],
  [MINUTE, 'minute'],
  [SECOND, 'second'],
  [1e-3, 'millisecond'],
];

/** A span in words, largest part first, with as many further parts as there are decimals: `dtdurations`. */
export function duration(seconds: number, decimals = 0): string {
  if (!Number.isFinite(seconds)) return fixed(seconds);
  if (seconds < 0) return `${duration(-seconds, decimals)} ago`;
  const words: string[] = [];
  let rest = seconds;
  for (const [size, name] of PARTS) {
    const count = Math.floor(rest / size + 1e-9);
    if (words.length === 0 && count === 0) continue;
    words.push(`${count} ${name}${count === 1 ? '' : 's'}`);
    rest -= count * size;
    if (words.length > decimals) break;
  }
  return words.length === 0 ? '0 seconds' : words.join(', ');
}

/** Hours, minutes and seconds: `dthms`. */
export function clock(seconds: number): string {
  if (!Number.isFinite(seconds)) return fixed(seconds);
  const parts = [
    Math.floor(seconds / HOUR),
    Math.floor((seconds % HOUR) / MINUTE),
    Math.floor(seconds % MINUTE),
  ];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

/** Date and time in UTC: `dateTimeAsIso`. */
export function isoTime(milliseconds: number): string {
  if (!Number.isFinite(milliseconds) || Math.abs(milliseconds) > 8.64e15) return fixed(milliseconds);
  return new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ');
}

/** How long ago, or in how long, in rounded words: `dateTimeFromNow`. */
export function fromNow(milliseconds: number, now: number): string {
  if (!Number.isFinite(milliseconds)) return fixed(milliseconds);
  const seconds = (now - milliseconds) / 1000;
  const size = Math.abs(seconds);
  const words = size < 45 ? 'a few seconds' : rounded(size);
  return seconds >= 0 ? `${words} ago` : `in ${words}`;
}

function rounded(seconds: number): string {
  const steps: readonly (readonly [unit: number, name: string, below: number])[] = [
    [MINUTE, 'minute', 45 * MINUTE],
    [HOUR, 'hour', 22 * HOUR],
    [DAY, 'day', 26 * DAY],
    [30.44 * DAY, 'month', 320 * DAY],
    [YEAR, 'year', Infinity],
  ];
  const [unit, name] = steps.find(([, , below]) => seconds < below) ?? [YEAR, 'year'];
  const count = Math.max(1, Math.round(seconds / unit));
  if (count > 1) return `${count} ${name}s`;
  return `${name === 'hour' ? 'an' : 'a'} ${name}`;
}
