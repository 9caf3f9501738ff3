import { spawnSync } from 'node:child_process';

/** Below this many seconds of CPU, what was measured is the start of a program and the grain of the clock. */
const GRAIN = 0.05;

/** Sizes of a text, in characters, of which the second is four times the first. */
export const SIZES = [65_536, 262_144] as const;

/**
 * How many times the CPU time of a piece of work grows when its input grows to four times its size: about 4 when the work is linear in
 * it, 16 when it is quadratic. CPU time does not depend on how busy the machine is; what takes no time worth the name gives 1.
 *
 * @param seconds the CPU time that an input of that size takes
 */
export function growth(seconds: (size: number) => number): number {
  const [small, large] = SIZES.map((size) => Math.max(seconds(size), GRAIN));
  return (large ?? 0) / (small ?? 1);
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

const TIMES = /^(?<userMinutes>\d+)m(?<user>[\d.]+)s (?<systemMinutes>\d+)m(?<system>[\d.]+)s$/;

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

/** The seconds of CPU in the last line of what `times` of a shell printed: those of the children that it has waited for. */
export function secondsOf(times: string): number {
  const groups = TIMES.exec(times.trimEnd().split('\n').at(-1) ?? '')?.groups ?? {};
  const number = (name: string): number => Number(groups[name]);
  return 60 * (number('userMinutes') + number('systemMinutes')) + number('user') + number('system');
}
