import type { Table } from './result.js';
import { quantile } from './spread.js';

/** One figure beside its alternative. */
export interface Comparison {
  readonly what: string;
  readonly ours: string;
  readonly milliseconds: number;
  readonly alternative: string;
  readonly alternativeMilliseconds: number;
}

const ROUNDS = 5;

/**
 * CPU time of this process, user and system, for one call: the median over some rounds, in milliseconds. The first round
 * warms up and does not count.
 *
 * @param calls in a round
 */
export async function cpuPerCall(calls: number, work: () => unknown): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const before = process.cpuUsage();
    for (let call = 0; call < calls; call++) await work();
    const { user, system } = process.cpuUsage(before);
    rounds.push((user + system) / 1000 / calls);
  }
  return quantile(rounds.slice(1), 0.5);
}

/** Comparisons with their ratios. */
export function tableOf(comparisons: readonly Comparison[]): Table {
  return {
    columns: ['what', 'ours', 'ms', 'alternative', 'ms', 'ratio'],
    rows: comparisons.map(({ what, ours, milliseconds, alternative, alternativeMilliseconds }) => [
      what,
      ours,
      milliseconds.toFixed(3),
      alternative,
      alternativeMilliseconds.toFixed(3),
      (alternativeMilliseconds / milliseconds).toFixed(1),
    ]),
  };
}
