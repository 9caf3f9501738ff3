import type { Collector, MetricSpec } from '../collectors/collector.js';
import { COLLECTORS } from '../collectors/registry.js';
import { createOwnMetrics } from './own-metrics.js';
import { PROBE_METRICS } from './probe-metrics.js';

/** Of the text format: https://prometheus.io/docs/instrumenting/exposition_formats/ */
const HELP = /^# HELP (?<name>pipefleet_\w+) (?<help>.*)$/gm;
const LABEL = /(?<=[{,])(?<label>[a-z_]+)="/g;

/**
 * The text of docs/metrics.md: every metric that a probe, a collector or the exporter itself gives, in the order of
 * exposition. Nothing in it depends on the machine.
 */
export async function renderMetricsDoc(): Promise<string> {
  return `# Metrics

Every series that pipefleet exports. This page is written by \`npm run generate\` from the code that exports them; do not
edit it.

A value that the node does not state is absent. It is never 0 instead, and never guessed. Host series carry the names,
labels, types and units of node_exporter, so that dashboards and rules written for it work as they are.

\`/probe\` answers with what the probe says of itself, then with what each collector of the module read from the node.

## The probe itself

Always there, whatever the node did; \`pipe_node_location_info\` when the inventory knows the place.

${renderTable(Object.entries<MetricSpec>(PROBE_METRICS).map(([name, spec]) => [name, spec]))}
${COLLECTORS.map(renderCollector).join('\n')}
## The exporter

What \`/metrics\` says of the exporter, besides the \`process_*\` and \`nodejs_*\` series of prom-client.

${renderTable(await ownMetrics())}`;
}

function renderCollector(collector: Collector): string {
  const rows = Object.entries(collector.metrics).map(([name, spec]) =>
    renderRow([...cellsOf(name, spec), escapeCell(spec.source ?? (collector.files ?? []).join(', '))]),
  );
  return `## ${collector.name}

${collector.summary}

| Metric | Type | Labels | Meaning | Source |
|---|---|---|---|---|
${rows.join('\n')}
`;
}

type Described = Pick<MetricSpec, 'help' | 'labels'> & { readonly type: string };

function renderTable(metrics: readonly (readonly [name: string, spec: Described])[]): string {
  return `| Metric | Type | Labels | Meaning |
|---|---|---|---|
${metrics.map(([name, spec]) => renderRow(cellsOf(name, spec))).join('\n')}
`;
}

/** The exporter's own metrics as its registry describes them; the buckets of a histogram are no label of ours. */
async function ownMetrics(): Promise<[name: string, spec: Described][]> {
  const metrics = createOwnMetrics('0.0.0', () => ({
    nodes: 0,
    probesInFlight: 0,
    connections: { dialing: 0, ready: 0, backoff: 0 },
  }));
  metrics.recordProbe({ module: 'node', reason: 'none', durationSeconds: 0 });
  const text = await metrics.render();
  return [...text.matchAll(HELP)].map(({ groups }) => {
    const { name = '', help = '' } = groups ?? {};
    const type = new RegExp(`^# TYPE ${name} (\\w+)$`, 'm').exec(text)?.[1] ?? '';
    const sample = new RegExp(`^${name}(?:_bucket)?\\{.*`, 'm').exec(text)?.[0] ?? '';
    const labels = [...sample.matchAll(LABEL)].map((match) => match.groups?.['label'] ?? '');
    return [name, { type, help, labels: labels.filter((label) => label !== 'le') }];
  });
}

function cellsOf(name: string, { type, labels = [], help }: Described): string[] {
  return [`\`${name}\``, type, labels.map((label) => `\`${label}\``).join(', '), escapeCell(help)];
}

function renderRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|');
}
