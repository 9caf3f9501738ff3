/** A span in which an alert fires for one node, in Unix seconds. */
export interface Episode {
  readonly node: string;
  readonly from: number;
  readonly until: number;
}

/**
 * When an alert fires, of the times at which its expression gave a value: pending for `hold` seconds first, and firing on for `keep`
 * seconds after the last value, as Prometheus does (https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/).
 *
 * @param times ascending, one an evaluation
 */
export function episodes(
  node: string,
  times: readonly number[],
  stepSeconds: number,
  hold: number,
  keep: number,
): Episode[] {
  const found: Episode[] = [];
  let activeAt: number | undefined;
  let firing: { from: number; last: number } | undefined;
  const end = (): void => {
    if (firing !== undefined) found.push({ node, from: firing.from, until: firing.last + keep });
    firing = undefined;
    activeAt = undefined;
  };
  let before = -Infinity;
  for (const at of times) {
    const isGap = at - before > stepSeconds * 1.5;
    // A gap ends what is pending at once, and what fires after it was kept firing.
    if (isGap && (firing === undefined || at - before > keep + stepSeconds)) end();
    activeAt ??= at;
    if (firing !== undefined) firing.last = at;
    else if (at - activeAt >= hold) firing = { from: at, last: at };
    before = at;
  }
  end();
  return found;
}
