import { remember } from '../core/remember.js';
import { endOfWildcards, isPattern, matchPattern } from './path-pattern.js';

/** What is read of each folder that matches a pattern, so that the folders are looked for only once. */
export interface FolderGroup {
  /** A pattern of the shell. */
  readonly folders: string;
  /** Paths below each folder. */
  readonly rests: readonly string[];
}

/** The paths of collectors in the order in which a node reads them. */
export interface Reading {
  readonly groups: readonly FolderGroup[];
  /** Paths, and patterns whose wildcards are in their last part; read after the groups. */
  readonly paths: readonly string[];
}

/** Puts together what is read of the same folders. */
export function planReading(files: readonly string[]): Reading {
  const groups = new Map<string, string[]>();
  const paths: string[] = [];
  for (const path of files) {
    // A pattern whose wildcards are in folders: what is wanted is the same in each folder that matches.
    const slash = isPattern(path) ? path.indexOf('/', endOfWildcards(path)) : -1;
    if (slash < 0) {
      paths.push(path);
      continue;
    }
    const [folders, rest] = [path.slice(0, slash), path.slice(slash + 1)];
    const rests = groups.get(folders);
    if (rests === undefined) groups.set(folders, [rest]);
    else rests.push(rest);
  }
  return { groups: Array.from(groups, ([folders, rests]) => ({ folders, rests })), paths };
}

/** Position of a path in the order of reading, if it is one of those that were asked for. */
export type PathReader = (
  path: string,
) => { readonly position: number; readonly repeats: boolean } | undefined;

/** Answers that are remembered: those of a probe, for a few hundred different machines. */
const REMEMBERED_PATHS = 4096;

/** Finds paths among those that collectors ask for, some of which are patterns. Remembers answers, as each probe asks anew. */
export function createPathReader(files: readonly string[]): PathReader {
  return remember(REMEMBERED_PATHS, pathFinder(files));
}

function pathFinder(files: readonly string[]): PathReader {
  const { groups, paths } = planReading(files);
  const positions = new Map(paths.map((path, index) => [path, groups.length + index]));
  const patterns = [
    ...groups.flatMap(({ folders, rests }, position) =>
      rests.map((rest) => ({ path: `${folders}/${rest}`, position })),
    ),
    ...paths.map((path, index) => ({ path, position: groups.length + index })),
  ]
    .filter(({ path }) => isPattern(path))
    .map(({ path, position }) => ({ position, matches: matchPattern(path) }));
  return (path) => {
    const position = positions.get(path);
    if (position !== undefined) return { position, repeats: false };
    const pattern = patterns.find(({ matches }) => matches(path));
    return pattern === undefined ? undefined : { position: pattern.position, repeats: true };
  };
}
