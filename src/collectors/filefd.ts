import type { Collector } from './collector.js';
import { parseFile, readCount, splitWords } from './text.js';

const PATH = '/proc/sys/fs/file-nr';

/** How many files are open, and how many may be. */
export const filefd: Collector = {
  name: 'filefd',
  module: 'node',
  summary: 'How many files are open on the whole node, and how many may be.',
  metrics: {
    node_filefd_allocated: { type: 'gauge', help: 'Handles of open files that the kernel holds.' },
    node_filefd_maximum: {
      type: 'gauge',
      help: 'Most handles that the kernel gives out, as fs.file-max sets it.',
    },
  },
  files: [PATH],
  parse: (input) =>
    parseFile(input, PATH, (text) => {
      // The second word was the number of free handles up to Linux 2.4 and has been 0 ever since; see proc_sys_fs(5).
      const [allocated, , maximum] = splitWords(text);
      return [
        { metric: 'node_filefd_allocated', value: readCount(allocated, PATH) },
        { metric: 'node_filefd_maximum', value: readCount(maximum, PATH) },
      ];
    }),
};
