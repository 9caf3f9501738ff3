import { chance } from './random.js';
import type { SshCondition } from './ssh-node.js';

/** Shares of a fleet, 0 to 1 each and together, that are bad for good. */
export interface BadShares {
  /** They take connections and never say a word. */
  readonly blackHoles: number;
  /** They refuse connections. */
  readonly unreachable: number;
  /** They answer late. */
  readonly slow: number;
}

/** What is wrong with a node for good. */
export type Fate = 'well' | 'black_hole' | 'unreachable' | 'slow';

/** What the SSH server of such a node does for good; a slow one is well, but for its pace. */
export const CONDITION_OF: Partial<Readonly<Record<Fate, SshCondition>>> = {
  black_hole: 'silent',
  unreachable: 'closed',
};

/** The fate of every node by its position: exactly as many of each as the shares say, and who it is depends on the seed alone. */
export function fatesOf(count: number, seed: number, shares: BadShares): Fate[] {
  const order = Array.from({ length: count }, (_, position) => position).sort(
    (one, other) => chance(seed, 'fate', one) - chance(seed, 'fate', other) || one - other,
  );
  const fates = new Array<Fate>(count).fill('well');
  let next = 0;
  for (const [fate, share] of [
    ['black_hole', shares.blackHoles],
    ['unreachable', shares.unreachable],
    ['slow', shares.slow],
  ] as const) {
    for (let left = Math.round(count * share); left > 0 && next < count; left--)
      fates[order[next++] ?? 0] = fate;
  }
  return fates;
}
