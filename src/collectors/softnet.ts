import { ParseError } from './collector.js';
import type { Collector, CollectorInput, MetricSpec, Sample } from './collector.js';
import { readCpuList } from './cpu-list.js';
import { parseFile, readHex, splitLines, splitWords } from './text.js';

const PATH = '/proc/net/softnet_stat';
const ONLINE = '/sys/devices/system/cpu/online';

/**
 * Columns by position, see softnet_seq_show() in the kernel's net/core/net-procfs.c. Linux 2.6.23 has the first 9, 4.18 the
 * first 11, and since 5.10 there are 13.
 */
const COLUMNS = [
  [0, 'node_softnet_processed_total', 'Packets that the CPU took from the network devices.'],
  [1, 'node_softnet_dropped_total', 'Packets dropped because the backlog of the CPU was full.'],
  [
    2,
    'node_softnet_times_squeezed_total',
    'Times that the CPU had to stop with packets left, for want of time or budget.',
  ],
  [
    8,
    'node_softnet_cpu_collision_total',
    'Collisions for the lock of a device while sending; recent kernels always say 0.',
  ],
  [9, 'node_softnet_received_rps_total', 'Times that another CPU woke this one to process packets.'],
  [10, 'node_softnet_flow_limit_count_total', 'Packets dropped because one flow took more than its share.'],
  [11, 'node_softnet_backlog_len', 'Packets in the backlog of the CPU.'],
] as const;

const LEAST_COLUMNS = 9;
const CPU_COLUMN = 12;

/** Packets that each CPU has processed. */
export const softnet: Collector = {
  name: 'softnet',
  module: 'node',
  summary: 'Packets that each CPU processed or dropped since boot.',
  metrics: Object.fromEntries(
    COLUMNS.map(([, metric, help]): [string, MetricSpec] => [
      metric,
      { type: metric.endsWith('_total') ? 'counter' : 'gauge', help, labels: ['cpu'] },
    ]),
  ),
  files: [PATH, ONLINE],
  parse: (input) => parseFile(input, PATH, (text) => readCpus(text, input)),
};

function readCpus(text: string, input: CollectorInput): Sample[] {
  const rows = splitLines(text).map(splitWords);
  const columnsOfCpu = new Map<string, readonly string[]>();
  let online: readonly number[] | undefined;
  for (const [index, columns] of rows.entries()) {
    if (columns.length < LEAST_COLUMNS) throw new ParseError(`${PATH} has fewer columns than documented.`);
    const word = columns[CPU_COLUMN];
    // Older kernels have a line for each CPU that is online, and leave its number out.
    if (word === undefined) online ??= readOnline(input, rows.length);
    const cpu = word === undefined ? online?.[index] : readHex(word, `${PATH}: number of the CPU`);
    columnsOfCpu.set(String(cpu), columns);
  }
  const samples: Sample[] = [];
  for (const [cpu, columns] of columnsOfCpu) {
    for (const [position, metric] of COLUMNS) {
      const word = columns[position];
      if (word === undefined) break;
      samples.push({ metric, labels: { cpu }, value: readHex(word, `${PATH}: CPU ${cpu}`) });
    }
  }
  return samples;
}

/**
 * Numbers of the CPUs that are online. Where the list is missing or another, as in containers, whose lxcfs lists what they may
 * use, lines are counted from 0, which node_exporter always does.
 */
function readOnline({ files }: CollectorInput, count: number): readonly number[] {
  const cpus = [...readCpuList(files.get(ONLINE) ?? '', ONLINE)];
  return cpus.length === count ? cpus : Array.from({ length: count }, (_, index) => index);
}
