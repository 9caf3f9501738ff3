import type { Collector } from './collector.js';
import { readCountOf } from './text.js';

const PATH = '/proc/sys/kernel/hung_task_detect_count';

/** Tasks that got stuck in the kernel, most often behind a disk. */
export const kernelHung: Collector = {
  name: 'kernel-hung',
  module: 'node',
  summary: 'Tasks that the kernel found hanging. Linux 6.13 and newer count them.',
  metrics: {
    node_kernel_hung_tasks_total: {
      type: 'counter',
      help: 'Tasks that could not be interrupted for longer than kernel.hung_task_timeout_secs, found since boot.',
    },
  },
  files: [PATH],
  parse: ({ files }) => {
    const value = readCountOf(files, PATH);
    return value === undefined ? [] : [{ metric: 'node_kernel_hung_tasks_total', value }];
  },
};
