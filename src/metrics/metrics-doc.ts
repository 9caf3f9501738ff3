import { MODULES, type Collector, type MetricSpec, type ModuleName } from '../collectors/collector.js';
import { PARITY_GAPS } from '../collectors/parity-gaps.js';
import { COLLECTORS } from '../collectors/registry.js';
import { unitOf } from './metric-unit.js';
import { createOwnMetrics, type OwnState } from './own-metrics.js';
import { PROBE_METRICS } from './probe-metrics.js';

/** Of the text format: https://prometheus.io/docs/instrumenting/exposition_formats/ */
const HELP = /^# HELP (?<name>pipefleet_\w+) (?<help>.*)$/gm;
/** A path, to its last letter or sign of a pattern. */
const PATH = /(?<![\w`/])\/[\w*?[\]{},./@:-]*[\w*?\]}/]/g;
const LABEL = /(?<=[{,])(?<label>[a-z_]+)="/g;

/** What each built-in module is for. */
const PURPOSES: Readonly<Record<ModuleName, string>> = {
  node: 'What moves from scrape to scrape.',
  inventory: 'What changes when somebody works on the node.',
  audit: 'What is wrong with the security of the node.',
};

/**
 * The text of docs/metrics.md: every metric that a probe, a collector or the exporter itself gives, by module and in the
 * order of exposition. Nothing in it depends on the machine.
 */
export async function renderMetricsDoc(): Promise<string> {
  return `# Metrics

Every series that pipefleet exports. This page is written by \`npm run generate\` from the code that exports them; do not
edit it.

A value that the node does not state is absent. It is never 0 instead, and never guessed. Host series carry the names,
labels, types and units of node_exporter, so that dashboards and rules written for it work as they are.

\`/probe\` answers with what the probe says of itself, then with what each collector of the [module](configuration.md#modules)
read from the node. The modules below are built in, and each is a Prometheus job: \`pipe-node\`, \`pipe-inventory\`,
\`pipe-audit\`.

## The probe itself

Always there, whatever the node did, once a module; \`pipe_node_location_info\` when the inventory knows the place.

${renderTable(Object.entries<MetricSpec>(PROBE_METRICS).map(([name, spec]) => [name, spec]))}
${MODULES.map(renderModule).join('')}## Where node_exporter has more

Series that node_exporter gives by default and pipefleet does not, compared on one machine by a test. Patterns match the
beginning of the name.

| Metric | Why not |
|---|---|
${PARITY_GAPS.map(({ pattern, reason }) => renderRow([code(escapeCell(beginningOf(pattern))), escapeCell(reason)])).join('\n')}

## The exporter

What \`/metrics\` says of the exporter, besides the \`process_*\` and \`nodejs_*\` series of prom-client.

${renderTable(await ownMetrics())}`;
}

function renderModule(name: ModuleName): string {
  const collectors = COLLECTORS.filter(({ module }) => module === name);
  if (collectors.length === 0) return '';
  return `## Module ${name}\n\n${PURPOSES[name]}\n\n${collectors.map(renderCollector).join('')}`;
}

function renderCollector(collector: Collector): string {
  const { name, summary, optIn, metrics, files = [] } = collector;
  const apart = files.length > FILES_IN_A_CELL;
  const read = apart ? 'these files' : files.map(code).join(', ');
  const rows = Object.entries(metrics).map(([metric, spec]) =>
    renderRow([...cellsOf(metric, spec), escapeCell(spec.source?.replaceAll(PATH, code) ?? read)]),
  );
  return `### ${name}

${summary}${optIn === true ? OPT_IN : ''}${apart ? `\n\nFiles: ${files.map(code).join(', ')}.` : ''}

| Metric | Type | Unit | Labels | Meaning | Source |
|---|---|---|---|---|---|
${rows.join('\n')}

`;
}

/** More files than these stand once above the table, not in each of its rows. */
const FILES_IN_A_CELL = 3;
const OPT_IN =
  '\n\n**Opt-in**: runs only where a module of the configuration names it under `enable` or `collectors`.';

type Described = Pick<MetricSpec, 'help' | 'labels'> & { readonly type: string };

function renderTable(metrics: readonly (readonly [name: string, spec: Described])[]): string {
  return `| Metric | Type | Unit | Labels | Meaning |
|---|---|---|---|---|
${metrics.map(([name, spec]) => renderRow(cellsOf(name, spec))).join('\n')}
`;
}

/** A pattern without what it only needs as a regular expression. */
function beginningOf({ source }: RegExp): string {
  return source.replace(/^\^/, '').replaceAll('(?:', '(');
}

/** An exporter that has one of everything, so that it has every series. */
export const COMPLETE_STATE: OwnState = {
  nodes: 1,
  probesInFlight: 0,
  connections: { dialing: 0, ready: 1, backoff: 0 },
  ssh: {
    backoff: new Map(),
    longestBackoffSeconds: 0,
    queuedLogins: 0,
    oldestConnectionSeconds: 0,
    jumps: [{ jump: 'bastion', up: true, dialsInFlight: 0, dialsQueued: 0, dialsLimit: 16, connections: 1 }],
  },
};

/** The exporter's own metrics as its registry describes them; the buckets of a histogram are no label of ours. */
async function ownMetrics(): Promise<[name: string, spec: Described][]> {
  const metrics = createOwnMetrics('0.0.0', () => COMPLETE_STATE);
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
  return [code(name), type, unitOf(name), labels.map(code).join(', '), escapeCell(help)];
}

function code(text: string): string {
  return `\`${text}\``;
}

function renderRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|');
}
