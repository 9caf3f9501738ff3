import type { Snippet } from '../collector.js';
import { SYSTEM_SLICES } from './control-group.js';

/** Names under which the node software runs, as /proc/PID/comm has them. */
export const PROCESS_NAMES = ['pop', 'lattice-node', 'dcdnd', 'pipe-pop'] as const;

const MAX_PROCESSES = 64;
/** Processes of one control group that are looked at. */
const MAX_MEMBERS = 256;

/** Appends `$p` to a variable when the process has one of the names. `read` costs less than a process up to some 300 of them. */
const append = (variable: string): string =>
  `read -r c </proc/$p/comm && case $c in ${PROCESS_NAMES.join('|')}) ${variable}="$${variable} $p" i=$((i+1)) ;; esac`;

/** Looks at all processes: 12 µs each. */
const scan = (variable: string): string => `for p in /proc/[0-9]*; do
[ $i -lt ${MAX_PROCESSES} ] || break
p=\${p#/proc/}
${append(variable)}
done 2>/dev/null`;

/**
 * Sets `$P`, the processes of the node software: PIDs with a blank before each, at most 64. They are those of the units in
 * `$N`. Only when none of these runs one, as in a container or a screen, all processes of the node are looked at. A shell that starts
 * the software is no process of it.
 */
export const processes: Snippet = {
  name: 'processes',
  script: () => `P= i=0
for n in $N; do
case $n in *@*) d='/system-*.slice' ;; *) d= ;; esac
for f in ${SYSTEM_SLICES.map((slice) => `${slice}$d/$n/cgroup.procs`).join(' ')}; do
[ -r "$f" ] || continue
j=0
while [ $i -lt ${MAX_PROCESSES} ] && [ $j -lt ${MAX_MEMBERS} ] && read -r p; do
j=$((j+1))
${append('P')}
done <"$f"
done
done 2>/dev/null
if [ -z "$P" ]; then
${scan('P')}
fi`,
};

/** Sets `$Q` to the same as `$P`, but always of all processes: also what runs beside the units. */
export const allProcesses: Snippet = {
  name: 'all-processes',
  script: () => `Q= i=0
${scan('Q')}`,
};
