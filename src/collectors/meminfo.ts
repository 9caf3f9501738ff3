import { ParseError } from './collector.js';
import type { Collector, MetricSpec, Sample } from './collector.js';
import { parseFile, readCount, splitLines, splitWords } from './text.js';

const PATH = '/proc/meminfo';

const BYTES_PER_KB = 1024;

/** Fields in kB, see proc_meminfo(5). node_exporter names them all until 1.8; since 1.9 it leaves out the last ones. */
const SIZE_FIELDS = [
  'MemTotal',
  'MemFree',
  'MemAvailable',
  'Buffers',
  'Cached',
  'SwapCached',
  'Active',
  'Inactive',
  'Active(anon)',
  'Inactive(anon)',
  'Active(file)',
  'Inactive(file)',
  'Unevictable',
  'Mlocked',
  'SwapTotal',
  'SwapFree',
  'Zswap',
  'Zswapped',
  'Dirty',
  'Writeback',
  'AnonPages',
  'Mapped',
  'Shmem',
  'Slab',
  'SReclaimable',
  'SUnreclaim',
  'KernelStack',
  'PageTables',
  'NFS_Unstable',
  'Bounce',
  'WritebackTmp',
  'CommitLimit',
  'Committed_AS',
  'VmallocTotal',
  'VmallocUsed',
  'VmallocChunk',
  'Percpu',
  'HardwareCorrupted',
  'AnonHugePages',
  'ShmemHugePages',
  'ShmemPmdMapped',
  'CmaTotal',
  'CmaFree',
  'Hugepagesize',
  'DirectMap4k',
  'DirectMap2M',
  'DirectMap1G',
  'KReclaimable',
  'SecPageTables',
  'FileHugePages',
  'FilePmdMapped',
  'Unaccepted',
  'Balloon',
  'Hugetlb',
] as const;

/** Fields that count huge pages. */
const COUNT_FIELDS = ['HugePages_Total', 'HugePages_Free', 'HugePages_Rsvd', 'HugePages_Surp'] as const;

const LINE = /^(?<field>[^:\s]+):(?<rest>.*)$/;
const PARENTHESES = /\((?<word>[^()]*)\)/;

const METRIC_OF_FIELD: ReadonlyMap<string, string> = new Map([
  ...SIZE_FIELDS.map((field): [string, string] => [
    field,
    `node_memory_${field.replace(PARENTHESES, '_$<word>')}_bytes`,
  ]),
  ...COUNT_FIELDS.map((field): [string, string] => [field, `node_memory_${field}`]),
]);

/** What the memory is used for. */
export const meminfo: Collector = {
  name: 'meminfo',
  module: 'node',
  summary: 'What the memory is used for. A field that the kernel does not state is absent.',
  metrics: Object.fromEntries(
    Array.from(METRIC_OF_FIELD, ([field, metric]): [string, MetricSpec] => [
      metric,
      { type: 'gauge', help: `Field ${field} of ${PATH}${metric.endsWith('_bytes') ? ', in bytes' : ''}.` },
    ]),
  ),
  files: [PATH],
  parse: (input) => parseFile(input, PATH, readFields),
};

function readFields(text: string): Sample[] {
  const values = new Map<string, number>();
  for (const line of splitLines(text)) {
    const { field = '', rest = '' } = LINE.exec(line)?.groups ?? {};
    const metric = METRIC_OF_FIELD.get(field);
    if (metric === undefined) continue;
    const [value, ...unit] = splitWords(rest);
    values.set(metric, readCount(value, `${PATH}: ${field}`) * factorOf(unit.join(' '), field));
  }
  if (!values.has('node_memory_MemTotal_bytes')) throw new ParseError(`${PATH} does not state MemTotal.`);
  return Array.from(values, ([metric, value]) => ({ metric, value }));
}

/** The kernel knows one unit, and no unit for plain counts. */
function factorOf(unit: string, field: string): number {
  if (unit === '') return 1;
  if (unit === 'kB') return BYTES_PER_KB;
  throw new ParseError(`${PATH}: ${field} has another unit than kB.`);
}
