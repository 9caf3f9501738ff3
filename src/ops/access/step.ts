/** What is done about one thing on the node. `keep` is shown and not done. */
export interface Step {
  readonly change: 'create' | 'change' | 'remove' | 'keep';
  /** What it is about: manifest, account, folder, gate, sudoers, group or key. */
  readonly subject: string;
  /** What will be, in words. */
  readonly detail: string;
  /** POSIX sh, run as root under `set -eu` after `APPLY_SHELL`; empty for `keep`. */
  readonly script: string;
}

/** What will be done on a node, in this order, and why it cannot be done when it cannot. */
export interface Plan {
  readonly steps: readonly Step[];
  /** Sentences; a plan with one is not applied. */
  readonly blockers: readonly string[];
}

/** A plan of nothing. */
export const NOTHING: Plan = { steps: [], blockers: [] };

/** Whether a plan would change anything. */
export function changesAnything({ steps: all }: Plan): boolean {
  return all.some(({ change }) => change !== 'keep');
}

/** A plan of parts, each sentence once. */
export function joinPlans(...parts: readonly Plan[]): Plan {
  return {
    steps: parts.flatMap(({ steps }) => steps),
    blockers: [...new Set(parts.flatMap(({ blockers }) => blockers))],
  };
}
