import { ParseError } from './collector.js';
import type { Collector, Sample } from './collector.js';
import { parseFile, readCount, requireWhole, splitWords } from './text.js';

const PATH = '/proc/schedstat';

const NANOSECONDS = 1e9;

/**
 * Columns of a `cpuN` line that matter, see the kernel's Documentation/scheduler/sched-stats.rst: the same in versions 15, 16
 * and 17. Times are in nanoseconds, although older documentation says jiffies.
 */
const COLUMNS = [
  { metric: 'node_schedstat_running_seconds_total', column: 6, divide: NANOSECONDS },
  { metric: 'node_schedstat_waiting_seconds_total', column: 7, divide: NANOSECONDS },
  { metric: 'node_schedstat_timeslices_total', column: 8, divide: 1 },
] as const;

const LINE = /^cpu(?<cpu>\d+) (?<columns>.*)$/gm;

/** How the scheduler shares the processors out. */
export const schedstat: Collector = {
  name: 'schedstat',
  module: 'node',
  summary: 'How long tasks ran on each processor and how long they waited for it.',
  metrics: {
    node_schedstat_running_seconds_total: {
      type: 'counter',
      help: 'Seconds that tasks ran on the processor.',
      labels: ['cpu'],
      source: PATH,
    },
    node_schedstat_waiting_seconds_total: {
      type: 'counter',
      help: 'Seconds that tasks which could run waited for the processor, summed over tasks.',
      labels: ['cpu'],
      source: PATH,
    },
    node_schedstat_timeslices_total: {
      type: 'counter',
      help: 'Times that a task was given the processor.',
      labels: ['cpu'],
      source: PATH,
    },
  },
  files: [PATH],
  parse: (input) => parseFile(input, PATH, readProcessors),
};

function readProcessors(text: string): Sample[] {
  requireWhole(PATH, text);
  const columnsOfProcessor = new Map<string, readonly string[]>();
  for (const { groups } of text.matchAll(LINE))
    columnsOfProcessor.set(String(Number(groups?.['cpu'])), splitWords(groups?.['columns'] ?? ''));
  if (columnsOfProcessor.size === 0) throw new ParseError(`${PATH} has no line of a processor.`);
  const samples: Sample[] = [];
  for (const [cpu, columns] of columnsOfProcessor) {
    for (const { metric, column, divide } of COLUMNS) {
      const value = readCount(columns[column], `${PATH}: cpu${cpu}`) / divide;
      samples.push({ metric, labels: { cpu }, value });
    }
  }
  return samples;
}
