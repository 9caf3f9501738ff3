import type { Collector } from './collector.js';
import { processScript, readProcesses } from './pipe-node/process-lines.js';
import { allProcesses, PROCESS_NAMES } from './pipe-node/processes.js';

/** How many nodes a host runs, wherever they run. */
export const pipeHost: Collector = {
  name: 'pipe-host',
  module: 'inventory',
  summary: `All processes called ${PROCESS_NAMES.join(', ')} on the host, in units, containers and sessions: several nodes on a host share its address and its ports.`,
  metrics: {
    pipe_node_host_processes: {
      type: 'gauge',
      help: 'Processes of the node software, by the unit or container under which they run.',
      labels: ['name', 'unit'],
      source: '/proc/PID/{comm,cgroup}',
    },
  },
  needs: [allProcesses],
  script: () => processScript('Q'),
  parse: ({ output }) =>
    Array.from(readProcesses(output).values(), (found) => {
      const [{ name, unit } = { name: '', unit: '' }] = found;
      return { metric: 'pipe_node_host_processes', labels: { name, unit }, value: found.length };
    }),
};
