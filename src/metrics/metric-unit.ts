/** What the end of a name says of the unit; the first that fits counts. */
const UNITS: readonly (readonly [ending: RegExp, unit: string])[] = [
  [/_(?:timestamp|boot_time|start_time)_seconds$|^node_time_seconds$/, 'Unix time in seconds'],
  [/_seconds(?:_total)?$/, 'seconds'],
  [/_speed_bytes$|_bytes_per_second$/, 'bytes per second'],
  [/_bytes(?:_total)?$/, 'bytes'],
  [/_bits$/, 'bits'],
  [/_ratio$/, 'ratio'],
  [/_percent$/, 'percent'],
  [/_celsius$|_temp$/, 'degrees Celsius'],
  [/_hertz$/, 'hertz'],
  [/_volts$/, 'volts'],
  [/_amps$|_amperes$/, 'amperes'],
  [/_watts?$/, 'watts'],
  [/_joules(?:_total)?$/, 'joules'],
  [/_rpm$/, 'revolutions per minute'],
];

/**
 * The unit of a metric, as its name says it: https://prometheus.io/docs/practices/naming/#base-units. Empty for what has
 * none: counts, states, and `_info`, whose value is always 1.
 */
export function unitOf(name: string): string {
  return UNITS.find(([ending]) => ending.test(name))?.[1] ?? '';
}
