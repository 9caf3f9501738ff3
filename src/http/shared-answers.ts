import type { Module, Node } from '../inventory/node.js';

/** Answers that are young enough to be given to another scraper too. */
export interface SharedAnswers {
  /** The answer to the newest probe of a node and module, with its age, when it is younger than the module shares; undefined otherwise. */
  find(node: Node, module: Module): string | undefined;
  /** Keeps the answer to a probe that succeeded and has just ended. */
  keep(node: Node, module: Module, answer: string): void;
}

const FRESH = '\nprobe_answer_age_seconds 0\n';

interface Kept {
  readonly answer: string;
  readonly at: number;
  readonly until: number;
}

/**
 * Keeps answers for as long as modules share them, which is not at all unless somebody says so. An answer belongs to the node and module as they
 * were configured when it was asked for: one that comes from another configuration is never found.
 *
 * @param now in milliseconds of a clock that never goes back
 */
export function createSharedAnswers(now: () => number = () => performance.now()): SharedAnswers {
  const byModule = new WeakMap<Module, Map<Node, Kept>>();
  return {
    find: (node, module) => {
      const kept = byModule.get(module)?.get(node);
      if (kept === undefined || kept.until < now()) return undefined;
      const age = ((now() - kept.at) / 1000).toFixed(3);
      return kept.answer.replace(FRESH, `\nprobe_answer_age_seconds ${Number(age)}\n`);
    },
    keep: (node, module, answer) => {
      const { shareSeconds } = module;
      if (shareSeconds === 0) return;
      const kept = byModule.get(module) ?? new Map<Node, Kept>();
      byModule.set(module, kept);
      // In the order of their age: those at the beginning are the first to go.
      for (const [old, { until }] of kept) {
        if (until >= now()) break;
        kept.delete(old);
      }
      kept.delete(node);
      kept.set(node, { answer, at: now(), until: now() + 1000 * shareSeconds });
    },
  };
}
