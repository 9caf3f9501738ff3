import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';

/**
 * State of each node: 1 up, 0 down, -1 when Prometheus got no answer about it. A node that is not scraped has no
 * `probe_success`, and would vanish from a table just when it matters.
 *
 * @param selector label matchers without braces
 */
export function nodeState(selector: string): string {
  return `probe_success{${selector}} or (up{${selector}} - 1)`;
}

/** One line or one set of lines of a graph. */
export function line(expression: string, legend: string): DataqueryBuilder {
  return new DataqueryBuilder().expr(expression).legendFormat(legend).range();
}

/** The value at the end of the time range. */
export function latest(expression: string, legend = ''): DataqueryBuilder {
  return new DataqueryBuilder().expr(expression).legendFormat(legend).instant();
}

/** The values at the end of the time range with a column for every label, named `Value #REF`. */
export function columns(expression: string): DataqueryBuilder {
  return new DataqueryBuilder().expr(expression).instant().format(PromQueryFormat.Table);
}

/** One series over time that a table shows as a small line in each row. */
export function trend(expression: string): DataqueryBuilder {
  return new DataqueryBuilder().expr(expression).range().format(PromQueryFormat.TimeSeries);
}

/**
 * How many alerts of a severity fire. It is 0 only where our rules are evaluated: where they are not, nothing can fire, and there is
 * no value.
 */
export function firingCount(severity: 'critical' | 'warning'): string {
  return `count(ALERTS{alertstate="firing", severity="${severity}", alertname=~"Pipe.+"}) or 0 * max(job:probe_success:count)`;
}
