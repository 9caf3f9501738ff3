import type { MetricSpec, Sample } from '../collectors/collector.js';

/** Samples of some metrics with what is promised of them. */
export interface Family {
  readonly name: string;
  readonly spec: MetricSpec;
  readonly samples: readonly Sample[];
}

/** Content type of the text that {@link renderExposition} writes; every Prometheus reads it. */
export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Prometheus text format 0.0.4, written directly: a registry per probe costs several times as much CPU, and one that lives
 * longer keeps the labels of what has vanished.
 *
 * @param families with unique names; one without samples is left out
 */
export function renderExposition(families: Iterable<Family>): string {
  let text = '';
  for (const { name, spec, samples } of families) {
    if (samples.length === 0) continue;
    text += `# HELP ${name} ${escapeHelp(spec.help)}\n# TYPE ${name} ${spec.type}\n`;
    for (const { labels, value } of samples)
      text += `${name}${labelSet(spec, labels)} ${formatValue(value)}\n`;
  }
  return text;
}

function labelSet({ labels: names = [] }: MetricSpec, labels: Sample['labels']): string {
  if (names.length === 0) return '';
  const pairs = names.map((name) => `${name}="${escapeLabel(labels?.[name] ?? '')}"`);
  return `{${pairs.join(',')}}`;
}

function formatValue(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}

const NEEDS_ESCAPE = /[\\"\n\r\0]/;

function escapeLabel(value: string): string {
  if (!NEEDS_ESCAPE.test(value)) return value;
  return value
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll(/[\r\0]/g, '\uFFFD');
}

function escapeHelp(help: string): string {
  return help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
