import type { Collector, MetricSpec, Sample } from './collector.js';
import { readCount, splitWords } from './text.js';

/** A setting of the kernel, and what the guides to the node software ask of it. */
interface Setting {
  readonly name: string;
  /** Numbers as sysctl shows them. */
  readonly wanted?: readonly number[];
  /** How they are compared: `equal`, `least` for limits that may be higher, `range` for the first and the last of a range. */
  readonly by?: 'equal' | 'least' | 'range';
}

/** The list that guides for testnet put into /etc/sysctl.d/99-popcache.conf, and two that are worth seeing beside it. */
const SETTINGS: readonly Setting[] = [
  { name: 'net.ipv4.ip_local_port_range', wanted: [1024, 65535], by: 'range' },
  { name: 'net.core.somaxconn', wanted: [65535], by: 'least' },
  { name: 'net.core.rmem_max', wanted: [16777216], by: 'least' },
  { name: 'net.core.wmem_max', wanted: [16777216], by: 'least' },
  { name: 'net.ipv4.tcp_low_latency', wanted: [1], by: 'equal' },
  { name: 'net.ipv4.tcp_fastopen', wanted: [3], by: 'equal' },
  { name: 'net.ipv4.tcp_slow_start_after_idle', wanted: [0], by: 'equal' },
  { name: 'net.ipv4.tcp_window_scaling', wanted: [1], by: 'equal' },
  { name: 'net.ipv4.tcp_rmem', wanted: [4096, 87380, 16777216], by: 'least' },
  { name: 'net.ipv4.tcp_wmem', wanted: [4096, 65536, 16777216], by: 'least' },
  { name: 'vm.swappiness' },
  { name: 'fs.file-max' },
];

const CONGESTION = 'net.ipv4.tcp_congestion_control';
const ALGORITHM = /^[\w-]{1,15}$/;

const pathOf = (name: string): string => `/proc/sys/${name.replaceAll('.', '/')}`;
const metricOf = (name: string): string => `node_sysctl_${name.replaceAll(/[.-]/g, '_')}`;
const isList = ({ wanted = [] }: Setting): boolean => wanted.length > 1;

const promised = (setting: Setting): [string, MetricSpec] => [
  metricOf(setting.name),
  {
    type: 'untyped',
    help: `Value of the kernel setting ${setting.name}${isList(setting) ? ', by its place' : ''}.`,
    ...(isList(setting) ? { labels: ['index'] } : {}),
    source: pathOf(setting.name),
  },
];

/** Settings of the kernel that matter to a node that serves many connections. */
export const hostTuning: Collector = {
  name: 'host-tuning',
  module: 'inventory',
  summary: 'Settings of the kernel, and whether they are as the guides to the node software advise.',
  metrics: {
    ...Object.fromEntries(SETTINGS.map(promised)),
    node_sysctl_info: {
      type: 'gauge',
      help: 'Always 1; the labels are name and value of a kernel setting that is a word.',
      labels: ['name', 'value', 'index'],
      source: pathOf(CONGESTION),
    },
    pipe_node_sysctl_recommended: {
      type: 'gauge',
      help: '1 when the kernel setting is what the guides to the node software advise, or a higher limit, else 0.',
      labels: ['name'],
      source: '/proc/sys',
    },
  },
  files: [...SETTINGS.map(({ name }) => pathOf(name)), pathOf(CONGESTION)],
  parse: ({ files }) => {
    const samples = SETTINGS.flatMap((setting) =>
      readSetting(setting, files.get(pathOf(setting.name)) ?? ''),
    );
    const algorithm = (files.get(pathOf(CONGESTION)) ?? '').trim();
    if (ALGORITHM.test(algorithm)) {
      samples.push({
        metric: 'node_sysctl_info',
        labels: { name: CONGESTION, value: algorithm, index: '0' },
        value: 1,
      });
    }
    return samples;
  },
};

function readSetting(setting: Setting, text: string): Sample[] {
  const words = splitWords(text);
  if (words.length === 0) return [];
  const { name, wanted, by } = setting;
  const values = (wanted ?? [0]).map((_, index) => readCount(words[index], name));
  const samples: Sample[] = values.map((value, index) => ({
    metric: metricOf(name),
    labels: isList(setting) ? { index: String(index) } : {},
    value,
  }));
  if (wanted !== undefined) {
    samples.push({
      metric: 'pipe_node_sysctl_recommended',
      labels: { name },
      value: isAdvised(values, wanted, by ?? 'equal') ? 1 : 0,
    });
  }
  return samples;
}

function isAdvised(
  values: readonly number[],
  wanted: readonly number[],
  by: NonNullable<Setting['by']>,
): boolean {
  return values.every((value, index) => {
    const want = wanted[index] ?? 0;
    if (by === 'equal') return value === want;
    return by === 'range' && index === 0 ? value <= want : value >= want;
  });
}
