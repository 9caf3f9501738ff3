import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** CPU time of everything that a process starts, orphans too, in nanoseconds. */
export interface Account {
  add(pid: number): void;
  used(): number;
  /** Processes of it that run. */
  processes(): readonly number[];
  remove(): void;
}

/**
 * A control group of version 2, or of version 1 with its accounting of CPU time. Needs root.
 *
 * @throws when there is no control group that this user may make
 */
export function openAccount(name: string): Account {
  const version1 = '/sys/fs/cgroup/cpuacct';
  const root = existsSync(version1) ? version1 : '/sys/fs/cgroup';
  const folder = join(root, `pipefleet-bench-${name}-${process.pid}`);
  mkdirSync(folder);
  return {
    add: (pid) => writeFileSync(join(folder, 'cgroup.procs'), String(pid)),
    used: () => {
      if (root === version1) return Number(readFileSync(join(folder, 'cpuacct.usage'), 'utf8'));
      const stat = readFileSync(join(folder, 'cpu.stat'), 'utf8');
      return Number(/^usage_usec (?<used>\d+)$/m.exec(stat)?.groups?.['used']) * 1000;
    },
    processes: () =>
      readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number),
    remove: () => {
      try {
        rmdirSync(folder);
      } catch {
        // A process that has not ended yet keeps its group; the next reboot takes it.
      }
    },
  };
}
