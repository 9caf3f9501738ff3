/** What stands in place of a value that the node did not state. Never 0. */
export const UNSTATED = '–';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/**
 * A share as whole per cents: `37%`. What is not quite nothing or not quite all never looks as if it were: `<1%`, `99%`.
 *
 * @param ratio 0 to 1
 */
export function formatRatio(ratio: number): string {
  if (ratio > 0 && ratio < 0.01) return '<1%';
  if (ratio > 0.99 && ratio < 1) return '99%';
  return `${Math.round(ratio * 100)}%`;
}

/** A short time: `<1 ms`, `43 ms`, `1.2 s`. */
export function formatDuration(seconds: number): string {
  if (seconds < 0.001) return '<1 ms';
  const milliseconds = Math.round(seconds * 1000);
  return milliseconds < 1000 ? `${milliseconds} ms` : `${seconds.toFixed(1)} s`;
}

/** A long time by its two largest units: `45 s`, `12 min`, `4 h 12 min`, `3 d 4 h`, `130 d`. */
export function formatSpan(seconds: number): string {
  if (seconds < MINUTE) return `${Math.floor(seconds)} s`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} h ${Math.floor((seconds % HOUR) / MINUTE)} min`;
  if (seconds < 100 * DAY) return `${Math.floor(seconds / DAY)} d ${Math.floor((seconds % DAY) / HOUR)} h`;
  return `${Math.floor(seconds / DAY)} d`;
}

/** How long ago something was, by its largest unit: `4 s ago`, `12 min ago`, `3 h ago`, `5 d ago`. */
export function formatAge(seconds: number): string {
  if (seconds < MINUTE) return `${Math.floor(seconds)} s ago`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min ago`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} h ago`;
  return `${Math.floor(seconds / DAY)} d ago`;
}

/** An amount in the largest binary unit that leaves at least 1: `512 B`, `6.2 GiB`, `118 GiB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${BYTE_UNITS[unit] ?? ''}`;
}

/** A count with its thousands apart: `12,345`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}
