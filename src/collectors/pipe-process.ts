import type { Collector, MetricSpec, Sample } from './collector.js';
import { installations } from './pipe-node/installations.js';
import { type Process, processScript, readProcesses } from './pipe-node/process-lines.js';
import { PROCESS_NAMES, processes } from './pipe-node/processes.js';

const BOOT_TIME = /^btime (?<seconds>\d{1,18})$/m;

const SOURCE = '/proc/PID/stat';

const ofProcesses = (help: string, source = SOURCE, type: MetricSpec['type'] = 'gauge'): MetricSpec => ({
  type,
  help,
  labels: ['name', 'unit'],
  source,
});

/** What the processes of the node software use. */
export const pipeProcess: Collector = {
  name: 'pipe-process',
  module: 'node',
  summary:
    `Processes called ${PROCESS_NAMES.join(', ')}, summed by the unit or container under which they run. ` +
    'Where units of the node software run any, no others are looked for; pipe-host counts all. ' +
    'Open descriptors are known from Linux 6.2 on; before, only when the account is that of the node software, or root.',
  metrics: {
    pipe_node_processes: ofProcesses('Processes of the node software that run.'),
    pipe_node_process_start_time_seconds: ofProcesses('Unix time at which the oldest process was started.'),
    pipe_node_process_cpu_seconds_total: ofProcesses(
      'Seconds of CPU time in user and system mode.',
      SOURCE,
      'counter',
    ),
    pipe_node_process_resident_memory_bytes: ofProcesses('Resident memory in bytes.', '/proc/PID/status'),
    pipe_node_process_virtual_memory_bytes: ofProcesses('Virtual memory in bytes.'),
    pipe_node_process_threads: ofProcesses('Threads of the processes.'),
    pipe_node_process_open_fds: ofProcesses('Open file descriptors.', '/proc/PID/fd'),
    pipe_node_process_max_fds: ofProcesses(
      'File descriptors that a process may have open, the least of all processes.',
      '/proc/PID/limits',
    ),
  },
  files: ['/proc/stat'],
  needs: [installations, processes],
  script: () => processScript('P'),
  parse: ({ files, output }) => {
    const bootTime = BOOT_TIME.exec(files.get('/proc/stat') ?? '')?.groups?.['seconds'];
    return Array.from(readProcesses(output).values(), (found) => sum(found, bootTime)).flat();
  },
};

/** The samples of processes of the same name and unit, of which there is one at least. */
function sum(found: readonly Process[], bootTime: string | undefined): Sample[] {
  const [{ name, unit } = { name: '', unit: '' }] = found;
  const labels = { name, unit };
  const samples: Sample[] = [];
  const add = (metric: string, value: number): void => {
    samples.push({ metric: `pipe_node_${metric}`, labels, value });
  };
  const total = (valueOf: (member: Process) => number): number => {
    let result = 0;
    for (const member of found) result += valueOf(member);
    return result;
  };
  add('processes', found.length);
  if (bootTime !== undefined) {
    const oldest = Math.min(...found.map(({ startSeconds }) => startSeconds));
    add('process_start_time_seconds', Number(bootTime) + oldest);
  }
  add(
    'process_cpu_seconds_total',
    total(({ cpuSeconds }) => cpuSeconds),
  );
  add(
    'process_resident_memory_bytes',
    total(({ residentBytes }) => residentBytes),
  );
  add(
    'process_virtual_memory_bytes',
    total(({ virtualBytes }) => virtualBytes),
  );
  add(
    'process_threads',
    total(({ threads }) => threads),
  );
  // A sum of some would pass for the sum of all.
  if (found.every(({ openFds }) => openFds !== undefined)) {
    add(
      'process_open_fds',
      total(({ openFds = 0 }) => openFds),
    );
  }
  const limits = found.map(({ maxFds }) => maxFds).filter((limit) => limit !== undefined);
  if (limits.length > 0) add('process_max_fds', Math.min(...limits));
  return samples;
}
