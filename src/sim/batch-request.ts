import { isPattern, matchPattern } from '../collectors/path-pattern.js';
import type { FolderGroup } from '../collectors/paths.js';

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
  /** What the `files` section reads of each folder that matches, in order. */
  readonly groups: readonly FolderGroup[];
  /** What it reads then, in order: paths, and patterns of the shell. */
  readonly files: readonly string[];
  /**
   * What the shell of a node makes of those words: a pattern becomes the paths that it matches, sorted, or stays as it is
   * when it matches none. Nodes that share their list of paths share the result.
   */
  filesOn(paths: readonly string[]): readonly string[];
}

const STANDING = /\n_s='(?<script>(?:[^']|'\\'')*)'\nwhile IFS= read -r T; do\n/;
const BATCH = /^T=(?<token>[0-9a-f]{32})\n/;
const BEGIN = /^b (?<name>[a-z0-9-]+)$/gm;
const GROUP = /^for _d in (?<folders>\S+); do \[ ! -e \$_d \] \|\| _f="\$_f (?<rests>.+)"; done$/gm;
const HEAD = /^set -- \$_f ?(?<files>.*)$/m;
/** A word as `quote` writes it. */
const WORD = /'(?<quoted>[^']*)'|(?<plain>[^\s']+)/g;

/** Different requests that are remembered; a fleet asks one a module. */
const REMEMBERED = 16;

/**
 * A reader that takes a request apart once and knows it again when only the token differs, so that it costs next to
 * nothing a probe.
 *
 * @returns undefined for a command that is not a batch
 */
export function createRequestReader(): (command: string) => BatchRequest | undefined {
  const planOf = createPlanReader(readPlan);
  return (command) => {
    const found = BATCH.exec(command);
    const token = found?.groups?.['token'];
    if (found === null || token === undefined) return undefined;
    return { token, plan: planOf(command.slice(found[0].length)) };
  };
}

/**
 * A reader of commands that start a program which runs a batch for each token that it reads.
 *
 * @returns undefined for a command that starts none
 */
export function createStandingReader(): (command: string) => BatchPlan | undefined {
  return createPlanReader((command) => {
    const quoted = STANDING.exec(command)?.groups?.['script'];
    return quoted === undefined ? undefined : readPlan(quoted.replaceAll(`'\\''`, `'`));
  });
}

function createPlanReader<Plan>(read: (script: string) => Plan): (script: string) => Plan {
  const plans = new Map<string, Plan>();
  return (script) => {
    const known = plans.get(script);
    if (known !== undefined) return known;
    const plan = read(script);
    if (plans.size >= REMEMBERED) plans.clear();
    plans.set(script, plan);
    return plan;
  };
}

function readPlan(script: string): BatchPlan {
  const sections: string[] = [];
  for (const { groups } of script.matchAll(BEGIN))
    if (groups?.['name'] !== undefined) sections.push(groups['name']);
  const groups: FolderGroup[] = [];
  for (const match of script.matchAll(GROUP)) {
    const { folders = '', rests = '' } = match.groups ?? {};
    groups.push({ folders, rests: rests.split(' ').map((rest) => rest.replace('$_d/', '')) });
  }
  const files: string[] = [];
  for (const { groups } of (HEAD.exec(script)?.groups?.['files'] ?? '').matchAll(WORD)) {
    files.push(groups?.['quoted'] ?? groups?.['plain'] ?? '');
  }
  const expanded = new WeakMap<readonly string[], readonly string[]>();
  const filesOn = (paths: readonly string[]): readonly string[] => {
    let known = expanded.get(paths);
    if (known === undefined) {
      known = expand(groups, files, paths);
      expanded.set(paths, known);
    }
    return known;
  };
  return { sections, groups, files, filesOn };
}

function expand(
  groups: readonly FolderGroup[],
  words: readonly string[],
  paths: readonly string[],
): string[] {
  const sorted = [...paths].sort();
  const folders = new Set<string>();
  for (const path of sorted)
    for (let end = path.indexOf('/', 1); end > 0; end = path.indexOf('/', end + 1))
      folders.add(path.slice(0, end));
  const inOrder = [...folders].sort();
  const matching = (pattern: string, among: readonly string[]): string[] =>
    among.filter(matchPattern(pattern));
  return [
    ...groups.flatMap((group) =>
      matching(group.folders, inOrder).flatMap((folder) => group.rests.map((rest) => `${folder}/${rest}`)),
    ),
    ...words.flatMap((word) => {
      const matches = isPattern(word) ? matching(word, sorted) : [word];
      return matches.length > 0 ? matches : [word];
    }),
  ];
}
