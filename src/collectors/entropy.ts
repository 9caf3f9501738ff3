import type { Collector, Sample } from './collector.js';
import { readCountOf } from './text.js';

const FOLDER = '/proc/sys/kernel/random';

const PATHS = {
  node_entropy_available_bits: `${FOLDER}/entropy_avail`,
  node_entropy_pool_size_bits: `${FOLDER}/poolsize`,
} as const;

/** The kernel's source of random numbers; see random(4). */
export const entropy: Collector = {
  name: 'entropy',
  module: 'node',
  summary:
    'How much randomness the kernel has gathered. Since Linux 5.18 it says 256 of 256 bits once it is seeded.',
  metrics: {
    node_entropy_available_bits: {
      type: 'gauge',
      help: 'Bits of entropy in the pool.',
      source: PATHS.node_entropy_available_bits,
    },
    node_entropy_pool_size_bits: {
      type: 'gauge',
      help: 'Bits that the pool can hold: 4096, and 256 since Linux 5.18.',
      source: PATHS.node_entropy_pool_size_bits,
    },
  },
  files: Object.values(PATHS),
  parse: ({ files }) => {
    const samples: Sample[] = [];
    for (const [metric, path] of Object.entries(PATHS)) {
      const value = readCountOf(files, path);
      if (value !== undefined) samples.push({ metric, value });
    }
    return samples;
  },
};
