import { spawnSync } from 'node:child_process';

/** CPU seconds below which a measurement says little: the start of a program, the resolution of the clock. */
const GRAIN = 0.05;

/**
 * By how much the CPU time of some work grows when its input is four times as large: about 4 if the work is linear, 16 if it is
 * quadratic, 1 if it takes next to no time. CPU time depends little on how busy the machine is.
 *
 * @param seconds the CPU time for an input of a size
 * @param size of the smaller input
 */
export async function growthOf(
  seconds: (size: number) => number | Promise<number>,
  size = 65_536,
): Promise<number> {
  const [small, large] = [await seconds(size), await seconds(4 * size)];
  return Math.max(large, GRAIN) / Math.max(small, GRAIN);
}

/** Growth below this is linear: twice 4, half of 16. */
export const LINEAR = 8;

/** The CPU seconds of a program and its children, as `times` of the shell prints them. */
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

/** The sum of what `times` of a shell printed: CPU seconds of the shell, and of the children that it has waited for. */
export function secondsOf(times: string): number {
  return Array.from(times.matchAll(TIME), ({ groups = {} }) => {
    const { minutes, seconds } = groups;
    return 60 * Number(minutes) + Number(seconds);
  }).reduce((sum, one) => sum + one, 0);
}
