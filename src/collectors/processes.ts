import { ParseError } from './collector.js';
import type { Collector, Sample } from './collector.js';
import { readCount, readCountOf, splitLines } from './text.js';

const LOADAVG = '/proc/loadavg';
const PID_MAX = '/proc/sys/kernel/pid_max';
const THREADS_MAX = '/proc/sys/kernel/threads-max';

const PIDS = 'the count of /proc/[0-9]*';
const THREADS = 'the count of /proc/[0-9]*/task/[0-9]*';

/**
 * Prints the number of processes, and in a container also that of threads: there, /proc/loadavg counts those of the whole
 * machine. A container is told by its process 2, which is no thread of the kernel. Who does not see process 1 sees only some
 * of the others.
 */
const SCRIPT = `if [ -d /proc/1 ]; then
set -- /proc/[0-9]*; echo $#
x=
{ read -r x </proc/2/comm; } 2>/dev/null
if [ "$x" != kthreadd ] && [ -d /proc/1/task ]; then set -- /proc/[0-9]*/task/[0-9]*; echo $#; fi
fi`;

/** The fourth word of /proc/loadavg: tasks that run now, and all tasks; see proc_loadavg(5). */
const TASKS = /^\S+ \S+ \S+ \d+\/(?<threads>\d+) /;

/** How many processes and threads there are. */
export const processes: Collector = {
  name: 'processes',
  module: 'node',
  summary:
    'How many processes and threads there are, and how many may be. Their states, node_processes_state and node_processes_threads_state, are left out: they would need a file of each.',
  metrics: {
    node_processes_threads: {
      type: 'gauge',
      help: 'Threads of all processes.',
      source: `${LOADAVG}, or /proc/[0-9]*/task in a container`,
    },
    node_processes_max_threads: {
      type: 'gauge',
      help: 'Most threads that the node may have.',
      source: THREADS_MAX,
    },
    node_processes_pids: {
      type: 'gauge',
      help: 'Processes; absent where /proc hides those of others from the account (hidepid).',
      source: '/proc/[0-9]*',
    },
    node_processes_max_processes: {
      type: 'gauge',
      help: 'Highest number that a process or thread can have, which limits how many there are.',
      source: PID_MAX,
    },
  },
  files: [LOADAVG, THREADS_MAX, PID_MAX],
  script: () => SCRIPT,
  parse: ({ files, output }) => {
    const samples: Sample[] = [];
    const add = (metric: string, value: number | undefined): void => {
      if (value !== undefined) samples.push({ metric, value });
    };
    const [pids, threads] = splitLines(output);
    add(
      'node_processes_threads',
      threads === undefined ? readThreads(files.get(LOADAVG)) : readCount(threads, THREADS),
    );
    add('node_processes_max_threads', readCountOf(files, THREADS_MAX));
    if (pids !== undefined) add('node_processes_pids', readCount(pids, PIDS));
    add('node_processes_max_processes', readCountOf(files, PID_MAX));
    return samples;
  },
};

function readThreads(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const threads = TASKS.exec(text)?.groups?.['threads'];
  if (threads === undefined) throw new ParseError(`${LOADAVG} does not state the number of threads.`);
  return readCount(threads, LOADAVG);
}
