import { ParseError } from '../collector.js';
import { readCount, splitLines, splitWords } from '../text.js';
import { readUnitName } from './control-group.js';
import { PROCESS_NAMES } from './processes.js';

/**
 * Shell that prints the lines that matter of each process of a variable, every one behind the path of its file, so that no text can pass for another
 * file's; and `/proc/PID/fd COUNT`. Since Linux 6.2 the size of that folder is the number of open descriptors, for any account.
 * Before, only the same account or root may count them.
 */
export const processScript = (variable: string): string => `if [ -n "$${variable}" ]; then
set --
q=
for p in $${variable}; do
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

/** Fields of /proc/PID/stat behind the name, counted from the third, see proc_pid_stat(5). */
const FIELD = { utime: 14 - 3, stime: 15 - 3, threads: 20 - 3, starttime: 22 - 3, vsize: 23 - 3 } as const;
/** USER_HZ, the unit of times in /proc: 100 wherever the node software runs. */
const TICKS = 100;
const KIBIBYTE = 1024;

/** What the node said of one process; numbers in base units. */
export interface Process {
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

/**
 * The processes that {@link processScript} told of, by name and unit.
 *
 * @throws {ParseError} when a line is of another form
 */
export function readProcesses(output: string): Map<string, Process[]> {
  const linesOfPid = new Map<string, Lines>();
  for (const line of splitLines(output)) {
    const { pid, file = 'fd', text = '' } = LINE.exec(line)?.groups ?? {};
    if (pid === undefined) throw new ParseError('A line about processes names no file below /proc.');
    const lines = linesOfPid.get(pid) ?? { cgroup: [] };
    linesOfPid.set(pid, lines);
    if (file === 'cgroup') lines.cgroup.push(text);
    // The name of a process, which it chooses, may hold line breaks: what follows the first line may be made up.
    else lines[file as 'stat' | 'status' | 'limits' | 'fd'] ??= text;
  }
  const groups = new Map<string, Process[]>();
  for (const lines of linesOfPid.values()) {
    const found = readProcess(lines);
    if (found === undefined) continue;
    const key = JSON.stringify([found.name, found.unit]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [found]);
    else group.push(found);
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
