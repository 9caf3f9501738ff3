import { ParseError } from './collector.js';
import type { Collector, MetricSpec, Sample } from './collector.js';
import { readUnitName } from './pipe-node/control-group.js';
import { installations } from './pipe-node/installations.js';
import { PROCESS_NAMES, processes } from './pipe-node/processes.js';
import { readCount, splitLines, splitWords } from './text.js';

/**
 * Prints the lines that matter of each process, every one behind the path of its file, so that no text can pass for another
 * file's; and `/proc/PID/fd COUNT`. Since Linux 6.2 the size of that folder is the number of open descriptors, for any account.
 * Before, only the same account or root may count them.
 */
const SCRIPT = `if [ -n "$P" ]; then
set --
q=
for p in $P; do
set -- "$@" /proc/$p/stat /proc/$p/status /proc/$p/limits /proc/$p/cgroup
f=/proc/$p/fd
if [ -s $f ]; then q="$q $f"
elif [ -r $f ]; then
i=0
for d in $f/*; do i=$((i+1)); done
echo "$f $i"
fi
done
grep -Hs -e '^[0-9]* (' -e '^VmRSS:' -e '^Max open files ' -e '^0::' -e '^[0-9]*:name=' "$@"
[ -z "$q" ] || stat -c '%n %s' $q 2>/dev/null
fi`;

const LINE = /^\/proc\/(?<pid>\d+)\/(?:(?<file>stat|status|limits|cgroup):|fd )(?<text>.*)$/;
const MEMORY = /^VmRSS:\s+(?<kibibytes>\d{1,18}) kB$/;
const OPEN_FILES = /^Max open files\s+(?<soft>\d{1,20}|unlimited)\s/;
const BOOT_TIME = /^btime (?<seconds>\d{1,18})$/m;

/** Fields of /proc/PID/stat behind the name, counted from the third, see proc_pid_stat(5). */
const FIELD = { utime: 14 - 3, stime: 15 - 3, threads: 20 - 3, starttime: 22 - 3, vsize: 23 - 3 } as const;
/** USER_HZ, the unit of times in /proc: 100 wherever the node software runs. */
const TICKS = 100;
const KIBIBYTE = 1024;

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
    'Where units of the node software run any, no others are looked for. ' +
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
  script: () => SCRIPT,
  parse: ({ files, output }) => {
    const bootTime = BOOT_TIME.exec(files.get('/proc/stat') ?? '')?.groups?.['seconds'];
    return Array.from(readProcesses(output).values(), (found) => sum(found, bootTime)).flat();
  },
};

/** What the node said of one process; numbers in base units. */
interface Process {
  readonly name: string;
  readonly unit: string;
  readonly cpuSeconds: number;
  readonly threads: number;
  /** Since boot. */
  readonly startSeconds: number;
  readonly virtualBytes: number;
  readonly residentBytes: number;
  readonly openFds: number | undefined;
  readonly maxFds: number | undefined;
}

/** What was printed of one process, by file. */
interface Lines {
  stat?: string;
  status?: string;
  limits?: string;
  fd?: string;
  readonly cgroup: string[];
}

/** The processes by name and unit. */
function readProcesses(output: string): Map<string, Process[]> {
  const linesOfPid = new Map<string, Lines>();
  for (const line of splitLines(output)) {
    const { pid, file = 'fd', text = '' } = LINE.exec(line)?.groups ?? {};
    if (pid === undefined) throw new ParseError('A line about processes names no file below /proc.');
    const lines = linesOfPid.get(pid) ?? { cgroup: [] };
    linesOfPid.set(pid, lines);
    if (file === 'cgroup') lines.cgroup.push(text);
    else lines[file as 'stat' | 'status' | 'limits' | 'fd'] = text;
  }
  const groups = new Map<string, Process[]>();
  for (const lines of linesOfPid.values()) {
    const found = readProcess(lines);
    if (found === undefined) continue;
    const key = JSON.stringify([found.name, found.unit]);
    groups.set(key, [...(groups.get(key) ?? []), found]);
  }
  return groups;
}

/** Nothing when the process has just ended, which leaves it without memory, or another has got its PID. */
function readProcess({ stat, status = '', limits = '', fd, cgroup }: Lines): Process | undefined {
  const kibibytes = MEMORY.exec(status)?.groups?.['kibibytes'];
  if (stat === undefined || kibibytes === undefined) return undefined;
  // The name may hold blanks and parentheses.
  const end = stat.lastIndexOf(')');
  const name = stat.slice(stat.indexOf('(') + 1, end);
  if (!PROCESS_NAMES.some((known) => known === name)) return undefined;
  const words = splitWords(stat.slice(end + 1));
  const read = (field: keyof typeof FIELD): number =>
    readCount(words[FIELD[field]], `/proc/PID/stat: ${field}`);
  const soft = OPEN_FILES.exec(limits)?.groups?.['soft'];
  return {
    name,
    unit: readUnitName(cgroup),
    cpuSeconds: (read('utime') + read('stime')) / TICKS,
    threads: read('threads'),
    startSeconds: read('starttime') / TICKS,
    virtualBytes: read('vsize'),
    residentBytes: Number(kibibytes) * KIBIBYTE,
    openFds: fd === undefined ? undefined : readCount(fd, '/proc/PID/fd'),
    maxFds: soft === undefined || soft === 'unlimited' ? undefined : Number(soft),
  };
}

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
