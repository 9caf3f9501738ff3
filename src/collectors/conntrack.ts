import { ParseError } from './collector.js';
import type { Collector, CollectorInput, MetricSpec, Sample } from './collector.js';
import { parseFile, readCount, readHex, splitLines, splitWords } from './text.js';

const STAT = '/proc/net/stat/nf_conntrack';

/** See the kernel's Documentation/networking/nf_conntrack-sysctl.rst. */
const LIMITS = [
  [
    '/proc/sys/net/netfilter/nf_conntrack_count',
    'node_nf_conntrack_entries',
    'Connections that are tracked.',
  ],
  [
    '/proc/sys/net/netfilter/nf_conntrack_max',
    'node_nf_conntrack_entries_limit',
    'Connections that can be tracked.',
  ],
] as const;

/** Columns by the name in the first line; kernels differ in some of the others. */
const COLUMNS: Readonly<Record<string, string>> = {
  found: 'Connections that were looked up and found.',
  invalid: 'Packets that cannot be tracked.',
  ignore: 'Packets of connections that were tracked already; recent kernels always say 0.',
  insert: 'Connections that were added to the table.',
  insert_failed: 'Connections that could not be added to the table.',
  drop: 'Packets dropped because they could not be tracked.',
  early_drop: 'Connections dropped from the table to make room for others.',
  search_restart: 'Lookups that began anew because the table was resized.',
};

/** Connections that the packet filter tracks. node_exporter calls all of them gauges. */
export const conntrack: Collector = {
  name: 'conntrack',
  module: 'node',
  summary: 'Connections that the packet filter tracks; absent where it tracks none.',
  metrics: Object.fromEntries([
    ...LIMITS.map(([path, metric, help]): [string, MetricSpec] => [
      metric,
      { type: 'gauge', help, source: path },
    ]),
    ...Object.entries(COLUMNS).map(([column, help]): [string, MetricSpec] => [
      `node_nf_conntrack_stat_${column}`,
      { type: 'gauge', help, source: STAT },
    ]),
  ]),
  files: [...LIMITS.map(([path]) => path), STAT],
  parse: (input) => [
    ...LIMITS.flatMap(([path, metric]) => readLimit(input, path, metric)),
    ...readStat(input),
  ],
};

function readLimit(input: CollectorInput, path: string, metric: string): Sample[] {
  return parseFile(input, path, (text) => [{ metric, value: readCount(text.trim(), path) }]);
}

/** A line of names, then one of hexadecimal counts for each CPU. */
function readStat(input: CollectorInput): Sample[] {
  return parseFile(input, STAT, (text) => {
    const [names = [], ...rows] = splitLines(text).map(splitWords);
    const samples: Sample[] = [];
    for (const column of Object.keys(COLUMNS)) {
      const position = names.indexOf(column);
      if (position < 0) continue;
      let value = 0;
      for (const row of rows) value += readHex(row[position], `${STAT}: ${column}`);
      samples.push({ metric: `node_nf_conntrack_stat_${column}`, value });
    }
    if (samples.length === 0 || rows.length === 0)
      throw new ParseError(`${STAT} has no counts of known names.`);
    return samples;
  });
}
