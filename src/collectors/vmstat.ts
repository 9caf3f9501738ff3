import { ParseError } from './collector.js';
import type { Collector, MetricSpec, Sample } from './collector.js';
import { fieldOf, parseFile, readCount } from './text.js';

const PATH = '/proc/vmstat';

/**
 * What node_exporter takes of /proc/vmstat by default, `^(oom_kill|pgpg|pswp|pg.*fault)`: with every kernel that nodes run
 * these fields. oom_kill came with Linux 4.13.
 */
const FIELDS = {
  oom_kill: 'Processes that the kernel killed for lack of memory, since boot.',
  pgpgin: 'Kibibytes read from block devices since boot.',
  pgpgout: 'Kibibytes written to block devices since boot.',
  pswpin: 'Pages read from swap since boot.',
  pswpout: 'Pages written to swap since boot.',
  pgfault: 'Page faults since boot, minor and major ones.',
  pgmajfault: 'Page faults that had to wait for a disk, since boot.',
} as const;

/** How the kernel moves pages between memory and disks. */
export const vmstat: Collector = {
  name: 'vmstat',
  module: 'node',
  summary:
    'How the kernel moves pages between memory and disks. The values count up from boot, though their names do not end in _total.',
  metrics: Object.fromEntries(
    Object.entries(FIELDS).map(([field, help]): [string, MetricSpec] => [
      `node_vmstat_${field}`,
      { type: 'untyped', help },
    ]),
  ),
  files: [PATH],
  parse: (input) => parseFile(input, PATH, readFields),
};

function readFields(text: string): Sample[] {
  const samples: Sample[] = [];
  for (const field of Object.keys(FIELDS)) {
    const word = fieldOf(text, field);
    if (word === undefined) continue;
    samples.push({ metric: `node_vmstat_${field}`, value: readCount(word, `${PATH}: ${field}`) });
  }
  if (samples.length === 0) throw new ParseError(`${PATH} has none of its documented fields.`);
  return samples;
}
