import { ParseError } from './collector.js';
import type { Collector, CollectorInput, Sample } from './collector.js';
import { readCpuList } from './cpu-list.js';
import { parseFile, readCount, splitWords } from './text.js';

const PATH = '/proc/stat';

/** Lists of processors: a file each, whereas node_exporter reads one of each processor for the same. */
const PRESENT = '/sys/devices/system/cpu/present';
const ONLINE = '/sys/devices/system/cpu/online';
const OFFLINE = '/sys/devices/system/cpu/offline';
const ISOLATED = '/sys/devices/system/cpu/isolated';

/** Ticks a second in /proc/stat: the kernel scales to USER_HZ, which is 100 on every architecture that runs a node. */
const USER_HZ = 100;

/** Columns of a `cpuN` line, see proc_stat(5). Kernels before 2.6.33 print fewer. */
const MODES = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'] as const;

/** The two columns after those. Their time is contained in `user` and `nice` too. */
const GUEST_MODES = ['user', 'nice'] as const;

/** One line a processor; the line `cpu` without a number is their sum. */
const LINE = /^cpu(?<cpu>\d+)[ \t](?<ticks>.*)$/gm;

/** Time of each processor by what it was spent on, and which of them the scheduler may use. */
export const cpu: Collector = {
  name: 'cpu',
  module: 'node',
  summary: 'Time of each processor by what it was spent on, and which processors the scheduler may use.',
  metrics: {
    node_cpu_seconds_total: {
      type: 'counter',
      help: 'Seconds that the processor spent in each mode since boot. idle and iowait, and with some hypervisors steal, may step back, which rate() takes for a restart.',
      labels: ['cpu', 'mode'],
      source: PATH,
    },
    node_cpu_guest_seconds_total: {
      type: 'counter',
      help: 'Seconds that the processor spent in virtual machines, which are contained in user and nice too.',
      labels: ['cpu', 'mode'],
      source: PATH,
    },
    node_cpu_online: {
      type: 'gauge',
      help: 'Whether a processor that the node has is in use (1) or switched off (0).',
      labels: ['cpu'],
      source: `${PRESENT}, ${ONLINE}, ${OFFLINE}`,
    },
    node_cpu_isolated: {
      type: 'gauge',
      help: 'Always 1; there for each processor that isolcpus= keeps from the scheduler.',
      labels: ['cpu'],
      source: ISOLATED,
    },
  },
  files: [PATH, PRESENT, ONLINE, OFFLINE, ISOLATED],
  parse: (input) => [...parseFile(input, PATH, readProcessors), ...readOnline(input), ...readIsolated(input)],
};

function readOnline({ files }: CollectorInput): Sample[] {
  const online = readCpuList(files.get(ONLINE) ?? '', ONLINE);
  // A node that runs no processor would not answer: the kernel states no list.
  if (online.size === 0) return [];
  const offline = readCpuList(files.get(OFFLINE) ?? '', OFFLINE);
  const samples: Sample[] = [];
  for (const number of new Set([...readCpuList(files.get(PRESENT) ?? '', PRESENT), ...online])) {
    // In a container, lxcfs lists as online those that it may use: the others are not switched off.
    if (!online.has(number) && !offline.has(number)) continue;
    const value = online.has(number) ? 1 : 0;
    samples.push({ metric: 'node_cpu_online', labels: { cpu: String(number) }, value });
  }
  return samples;
}

function readIsolated({ files }: CollectorInput): Sample[] {
  return Array.from(readCpuList(files.get(ISOLATED) ?? '', ISOLATED), (number) => ({
    metric: 'node_cpu_isolated',
    labels: { cpu: String(number) },
    value: 1,
  }));
}

function readProcessors(text: string): Sample[] {
  const ticksOfProcessor = new Map<string, readonly string[]>();
  for (const { groups } of text.matchAll(LINE)) {
    ticksOfProcessor.set(String(Number(groups?.['cpu'])), splitWords(groups?.['ticks'] ?? ''));
  }
  if (ticksOfProcessor.size === 0) throw new ParseError(`${PATH} has no line of a processor.`);

  const samples: Sample[] = [];
  for (const [processor, ticks] of ticksOfProcessor) {
    const add = (metric: string, mode: string, column: number): void => {
      const word = ticks[column];
      if (word === undefined) return;
      const value = readCount(word, `${PATH}: cpu${processor}`) / USER_HZ;
      samples.push({ metric, labels: { cpu: processor, mode }, value });
    };
    for (const [index, mode] of MODES.entries()) add('node_cpu_seconds_total', mode, index);
    for (const [index, mode] of GUEST_MODES.entries()) {
      add('node_cpu_guest_seconds_total', mode, MODES.length + index);
    }
  }
  return samples;
}
