import { ParseError } from './collector.js';
import type { Collector, Sample } from './collector.js';
import { parseFile, readCount } from './text.js';

const PATH = '/proc/stat';

/** Lines of /proc/stat with a single number that matters, see proc_stat(5); that of `intr` is the sum of those behind it. */
const METRIC_OF_FIELD: ReadonlyMap<string, string> = new Map([
  ['btime', 'node_boot_time_seconds'],
  ['ctxt', 'node_context_switches_total'],
  ['intr', 'node_intr_total'],
  ['processes', 'node_forks_total'],
  ['procs_running', 'node_procs_running'],
  ['procs_blocked', 'node_procs_blocked'],
]);

const LINE = /^(?<field>[a-z_]+) +(?<value>\S+)/gm;

/** What the kernel counts about itself. */
export const stat: Collector = {
  name: 'stat',
  module: 'node',
  summary: 'What the kernel counts about itself since boot.',
  metrics: {
    node_boot_time_seconds: { type: 'gauge', help: 'Unix time at which the node booted.' },
    node_context_switches_total: { type: 'counter', help: 'Context switches since boot.' },
    node_intr_total: { type: 'counter', help: 'Interrupts serviced since boot.' },
    node_forks_total: { type: 'counter', help: 'Processes and threads started since boot.' },
    node_procs_running: { type: 'gauge', help: 'Tasks that can run now.' },
    node_procs_blocked: { type: 'gauge', help: 'Tasks that wait for input or output now.' },
  },
  files: [PATH],
  parse: (input) => parseFile(input, PATH, readCounters),
};

function readCounters(text: string): Sample[] {
  const values = new Map<string, number>();
  for (const { groups } of text.matchAll(LINE)) {
    const field = groups?.['field'] ?? '';
    const metric = METRIC_OF_FIELD.get(field);
    if (metric !== undefined) values.set(metric, readCount(groups?.['value'], `${PATH}: ${field}`));
  }
  if (values.size === 0) throw new ParseError(`${PATH} has none of its documented fields.`);
  return Array.from(values, ([metric, value]) => ({ metric, value }));
}
