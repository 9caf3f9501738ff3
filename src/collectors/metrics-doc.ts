import type { Collector, MetricSpec } from './collector.js';
import { COLLECTORS } from './registry.js';

/** The text of docs/metrics.md: every metric that a collector promises, in the order of exposition. */
export function renderMetricsDoc(): string {
  return `# Metrics

Every series that pipefleet reads from a node. This page is written by \`npm run generate\` from the collectors
themselves; do not edit it.

A value that the node does not state is absent. It is never 0 instead, and never guessed. Host series carry the names,
labels, types and units of node_exporter, so that dashboards and rules written for it work as they are.

${COLLECTORS.map(renderCollector).join('\n')}`;
}

function renderCollector(collector: Collector): string {
  const rows = Object.entries(collector.metrics).map(([name, spec]) => renderRow(name, spec, collector));
  return `## ${collector.name}

${collector.summary}

| Metric | Type | Labels | Meaning | Source |
|---|---|---|---|---|
${rows.join('\n')}
`;
}

function renderRow(
  name: string,
  { type, labels = [], help, source }: MetricSpec,
  { files = [] }: Collector,
): string {
  const names = labels.map((label) => `\`${label}\``).join(', ');
  const cells = [`\`${name}\``, type, names, escapeCell(help), escapeCell(source ?? files.join(', '))];
  return `| ${cells.join(' | ')} |`;
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|');
}
