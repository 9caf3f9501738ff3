/**
 * The value of one series of an exposition.
 *
 * @param series with its labels as they are written, such as `probe_failure_reason{reason="none"}`
 * @returns undefined when there is none
 */
export function seriesValue(exposition: string, series: string): number | undefined {
  const line = exposition.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}
