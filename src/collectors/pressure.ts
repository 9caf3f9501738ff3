import { ParseError } from './collector.js';
import type { Collector, Sample } from './collector.js';
import { readCount } from './text.js';

const FOLDER = '/proc/pressure';

/** The kernel counts stalls in microseconds. */
const MICROSECONDS = 1e6;

/**
 * Lines of /proc/pressure/*, see the kernel's Documentation/accounting/psi.rst, as far as node_exporter names them: `some`
 * when at least one task waited, `full` when no task could do anything else. The line `full` of cpu says nothing of a whole
 * node; irq has no other, and came with Linux 6.1.
 */
const LINES = [
  {
    metric: 'node_pressure_cpu_waiting_seconds_total',
    help: 'Seconds in which at least one task waited for a processor.',
    file: 'cpu',
    line: 'some',
  },
  {
    metric: 'node_pressure_io_waiting_seconds_total',
    help: 'Seconds in which at least one task waited for a disk.',
    file: 'io',
    line: 'some',
  },
  {
    metric: 'node_pressure_io_stalled_seconds_total',
    help: 'Seconds in which all tasks that had work waited for a disk.',
    file: 'io',
    line: 'full',
  },
  {
    metric: 'node_pressure_memory_waiting_seconds_total',
    help: 'Seconds in which at least one task waited for memory.',
    file: 'memory',
    line: 'some',
  },
  {
    metric: 'node_pressure_memory_stalled_seconds_total',
    help: 'Seconds in which all tasks that had work waited for memory.',
    file: 'memory',
    line: 'full',
  },
  {
    metric: 'node_pressure_irq_stalled_seconds_total',
    help: 'Seconds in which the processors served interrupts while tasks had work.',
    file: 'irq',
    line: 'full',
  },
] as const;

const FILES = ['cpu', 'io', 'memory', 'irq'].map((file) => `${FOLDER}/${file}`);

const LINE = /^(?<line>some|full) avg10=.* total=(?<total>\S*)$/gm;

/** Time lost by waiting for something that is scarce. */
export const pressure: Collector = {
  name: 'pressure',
  module: 'node',
  summary:
    'Time lost by waiting for processors, memory and disks, since boot. Linux 4.20 and newer state it; the kernels of RHEL and its kin only with psi=1 on their command line.',
  metrics: Object.fromEntries(
    LINES.map(({ metric, help, file }) => [metric, { type: 'counter', help, source: `${FOLDER}/${file}` }]),
  ),
  files: FILES,
  parse: ({ files }) => {
    const samples: Sample[] = [];
    for (const path of FILES) {
      const text = files.get(path) ?? '';
      // A kernel that has the files but does not account lets nobody read them.
      if (text.trim() !== '') samples.push(...readTotals(path, text));
    }
    return samples;
  },
};

function readTotals(path: string, text: string): Sample[] {
  const totals = new Map<string, string>();
  for (const { groups } of text.matchAll(LINE)) totals.set(groups?.['line'] ?? '', groups?.['total'] ?? '');
  if (totals.size === 0) throw new ParseError(`${path} has none of its documented lines.`);
  const samples: Sample[] = [];
  for (const { metric, file, line } of LINES) {
    const total = totals.get(line);
    if (path === `${FOLDER}/${file}` && total !== undefined)
      samples.push({ metric, value: readCount(total, `${path}: ${line}`) / MICROSECONDS });
  }
  return samples;
}
