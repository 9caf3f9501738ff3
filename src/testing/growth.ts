import { spawnSync } from 'node:child_process';

/** Below this many seconds of CPU, what was measured is the start of a program and the grain of the clock. */
const GRAIN = 0.05;

/**
 * How many times the CPU time of a piece of work grows when its input grows to four times its size: about 4 when the work is linear in
 * it, 16 when it is quadratic. CPU time does not depend on how busy the machine is; what takes no time worth the name gives 1.
 *
 * @param seconds the CPU time that an input of that size takes
 * @param size the smaller of the two
 */
export async function growthOf(
  seconds: (size: number) => number | Promise<number>,
  size = 65_536,
): Promise<number> {
  const [small, large] = [await seconds(size), await seconds(4 * size)];
  return Math.max(large, GRAIN) / Math.max(small, GRAIN);
}

/** More than noise makes of 4, and less than the 16 of quadratic work. */
export const LINEAR = 8;

/** The seconds of CPU that this process takes for something. */
export function cpuOf(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** The seconds of CPU that a program and its children take to their end, as the shell's `times` states them. */
export function cpuOfProgram(
  words: readonly string[],
  { input = '', env = process.env }: { readonly input?: string; readonly env?: NodeJS.ProcessEnv } = {},
): number {
  const { stdout } = spawnSync('/bin/sh', ['-c', '"$@" >/dev/null 2>&1; times', 'sh', ...words], {
    ...{ encoding: 'utf8', input, env },
  });
  return secondsOf(stdout);
}

const TIME = /(?<minutes>\d+)m(?<seconds>[\d.]+)s/g;

/** The seconds of CPU that `times` of a shell printed: its own, and those of the children that it has waited for. */
export function secondsOf(times: string): number {
  return Array.from(times.matchAll(TIME), ({ groups = {} }) => {
    const { minutes, seconds } = groups;
    return 60 * Number(minutes) + Number(seconds);
  }).reduce((sum, one) => sum + one, 0);
}
