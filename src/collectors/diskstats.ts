import type { Collector, MetricSpec, Sample } from './collector.js';
import { parseFile, readCount, splitLines, splitWords } from './text.js';

const PATH = '/proc/diskstats';

/** Sectors are of 512 bytes whatever the device, see the kernel's Documentation/block/stat.rst. */
const SECTOR_BYTES = 512;
const MILLISECONDS = 1000;

/** Partitions, RAM disks and loops; the default of node_exporter. */
export const EXCLUDED_DEVICES = /^(z?ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+$/;

interface Column {
  readonly metric: string;
  readonly help: string;
  readonly type?: 'gauge';
  /** One unit of the column in units of the metric is `multiply` / `divide`. */
  readonly multiply?: number;
  readonly divide?: number;
}

/**
 * Columns behind major number, minor number and name, see the kernel's Documentation/admin-guide/iostats.rst. The first
 * 11 are everywhere, discards came with Linux 4.18 and flushes with 5.5.
 */
const COLUMNS: readonly Column[] = [
  { metric: 'node_disk_reads_completed_total', help: 'Reads completed.' },
  { metric: 'node_disk_reads_merged_total', help: 'Reads that were merged with a neighbour.' },
  { metric: 'node_disk_read_bytes_total', help: 'Bytes read.', multiply: SECTOR_BYTES },
  { metric: 'node_disk_read_time_seconds_total', help: 'Seconds spent by all reads.', divide: MILLISECONDS },
  { metric: 'node_disk_writes_completed_total', help: 'Writes completed.' },
  { metric: 'node_disk_writes_merged_total', help: 'Writes that were merged with a neighbour.' },
  { metric: 'node_disk_written_bytes_total', help: 'Bytes written.', multiply: SECTOR_BYTES },
  {
    metric: 'node_disk_write_time_seconds_total',
    help: 'Seconds spent by all writes.',
    divide: MILLISECONDS,
  },
  { metric: 'node_disk_io_now', help: 'Reads and writes in progress.', type: 'gauge' },
  {
    metric: 'node_disk_io_time_seconds_total',
    help: 'Seconds during which the device was busy.',
    divide: MILLISECONDS,
  },
  {
    metric: 'node_disk_io_time_weighted_seconds_total',
    help: 'Seconds that requests spent in progress, summed over requests.',
    divide: MILLISECONDS,
  },
  { metric: 'node_disk_discards_completed_total', help: 'Discards completed.' },
  { metric: 'node_disk_discards_merged_total', help: 'Discards that were merged with a neighbour.' },
  { metric: 'node_disk_discarded_sectors_total', help: 'Sectors of 512 bytes discarded.' },
  {
    metric: 'node_disk_discard_time_seconds_total',
    help: 'Seconds spent by all discards.',
    divide: MILLISECONDS,
  },
  { metric: 'node_disk_flush_requests_total', help: 'Flush requests completed.' },
  {
    metric: 'node_disk_flush_requests_time_seconds_total',
    help: 'Seconds spent by all flush requests.',
    divide: MILLISECONDS,
  },
];

/** Words before the columns. */
const LEADING_WORDS = 3;

/** A line with fewer columns is that of a partition under Linux 2.4 or early 2.6, where the columns mean something else. */
const LEAST_COLUMNS = 11;

/** Traffic of each block device. */
export const diskstats: Collector = {
  name: 'diskstats',
  module: 'node',
  summary: 'Traffic of each whole block device since boot.',
  metrics: Object.fromEntries(
    COLUMNS.map(({ metric, help, type }): [string, MetricSpec] => [
      metric,
      { type: type ?? 'counter', help, labels: ['device'] },
    ]),
  ),
  files: [PATH],
  parse: (input) => {
    // A kernel without block devices prints an empty file.
    if (input.files.get(PATH)?.trim() === '') return [];
    return parseFile(input, PATH, readDevices);
  },
};

function readDevices(text: string): Sample[] {
  const columnsOfDevice = new Map<string, readonly string[]>();
  for (const line of splitLines(text)) {
    const words = splitWords(line);
    const device = words[LEADING_WORDS - 1];
    const columns = words.slice(LEADING_WORDS);
    readCount(words[0], `${PATH}: major number`);
    readCount(words[1], `${PATH}: minor number`);
    if (device === undefined || columns.length < LEAST_COLUMNS || EXCLUDED_DEVICES.test(device)) continue;
    columnsOfDevice.set(device, columns);
  }
  const samples: Sample[] = [];
  for (const [device, columns] of columnsOfDevice) {
    for (const [index, { metric, multiply = 1, divide = 1 }] of COLUMNS.entries()) {
      const word = columns[index];
      if (word === undefined) break;
      const value = (readCount(word, `${PATH}: ${device}`) * multiply) / divide;
      samples.push({ metric, labels: { device }, value });
    }
  }
  return samples;
}
