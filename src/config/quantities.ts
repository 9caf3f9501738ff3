/** A duration as Prometheus writes it: whole numbers with units, the larger unit first. */
export const DURATION =
  /^(?=\d)(?:(?<days>\d+)d)?(?:(?<hours>\d+)h)?(?:(?<minutes>\d+)m)?(?:(?<seconds>\d+)s)?(?:(?<milliseconds>\d+)ms)?$/;

const UNIT_SECONDS = { days: 86_400, hours: 3_600, minutes: 60, seconds: 1, milliseconds: 0.001 };

/** Timers beyond 2^31 ms fire at once in Node.js; a week is longer than any limit here needs. */
export const MAX_DURATION_SECONDS = 7 * 86_400;

export const SIZE = /^(?<number>\d{1,12})(?<unit>B|KiB|MiB|GiB)$/;

const UNIT_BYTES: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

/** Seconds of `10s`, `500ms`, `5m`, `1h30m`; undefined when the text is no duration. */
export function parseDuration(text: string): number | undefined {
  const groups = DURATION.exec(text)?.groups;
  if (groups === undefined) return undefined;
  let seconds = 0;
  for (const [unit, factor] of Object.entries(UNIT_SECONDS)) {
    seconds += Number(groups[unit] ?? 0) * factor;
  }
  return seconds;
}

/** Bytes of `4MiB`, `64KiB`, `512B`; undefined when the text is no size. */
export function parseSize(text: string): number | undefined {
  const groups = SIZE.exec(text)?.groups;
  const unit = UNIT_BYTES[groups?.['unit'] ?? ''];
  return unit === undefined ? undefined : Number(groups?.['number']) * unit;
}
