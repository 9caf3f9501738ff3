import { isPattern, createPathReader } from '../collectors/paths.js';

/** What a probe asks of a node, read back from the command that collectors/batch.ts builds. */
export interface BatchRequest {
  /** Between the markers of the answer. */
  readonly token: string;
  readonly plan: BatchPlan;
}

/** The part of a request that every probe of a module repeats. */
export interface BatchPlan {
  /** Names of the sections, in order. */
  readonly sections: readonly string[];
  /** Words behind `head` in the `files` section, in order: paths, and patterns of the shell. */
  readonly files: readonly string[];
  /**
   * What the shell of a node makes of those words: a pattern becomes the paths that it matches, sorted, or stays as it is
   * when it matches none. Nodes that share their list of paths share the result.
   */
  filesOn(paths: readonly string[]): readonly string[];
}

const BATCH = /^s='T=(?<token>[0-9a-f]{32})\n/;
const BEGIN = /^b (?<name>[a-z0-9-]+)$/gm;
const HEAD = /^head -v -c \d+ (?<files>.+) 2>\/dev\/null$/m;
/** A word as `quote` writes it, seen from inside the quotes of the whole script. */
const WORD = /'\\''(?<quoted>[^']*)'\\''|(?<plain>[^\s']+)/g;

/** Different requests that are remembered; a fleet asks one a module. */
const REMEMBERED = 16;

/**
 * A reader that takes a request apart once and knows it again when only the token differs, so that it costs next to
 * nothing a probe.
 *
 * @returns undefined for a command that is not a batch
 */
export function createRequestReader(): (command: string) => BatchRequest | undefined {
  const plans = new Map<string, BatchPlan>();
  return (command) => {
    const found = BATCH.exec(command);
    const token = found?.groups?.['token'];
    if (found === null || token === undefined) return undefined;
    const script = command.slice(found[0].length);
    let plan = plans.get(script);
    if (plan === undefined) {
      plan = readPlan(script);
      if (plans.size >= REMEMBERED) plans.clear();
      plans.set(script, plan);
    }
    return { token, plan };
  };
}

function readPlan(script: string): BatchPlan {
  const sections: string[] = [];
  for (const { groups } of script.matchAll(BEGIN))
    if (groups?.['name'] !== undefined) sections.push(groups['name']);
  const files: string[] = [];
  for (const { groups } of (HEAD.exec(script)?.groups?.['files'] ?? '').matchAll(WORD)) {
    files.push(groups?.['quoted'] ?? groups?.['plain'] ?? '');
  }
  const expanded = new WeakMap<readonly string[], readonly string[]>();
  const filesOn = (paths: readonly string[]): readonly string[] => {
    let known = expanded.get(paths);
    if (known === undefined) {
      known = expand(files, paths);
      expanded.set(paths, known);
    }
    return known;
  };
  return { sections, files, filesOn };
}

function expand(words: readonly string[], paths: readonly string[]): string[] {
  const sorted = [...paths].sort();
  return words.flatMap((word) => {
    if (!isPattern(word)) return [word];
    const reader = createPathReader([word]);
    const matches = sorted.filter((path) => reader(path) !== undefined);
    return matches.length > 0 ? matches : [word];
  });
}
