/** What makes a path a pattern of the shell. */
const WILDCARD = /[*?[]/;

/** Whether a path of a collector is a pattern. */
export function isPattern(path: string): boolean {
  return WILDCARD.test(path);
}

/** Position of a path among those that were asked for, if it is one of them. */
export type PathReader = (
  path: string,
) => { readonly position: number; readonly repeats: boolean } | undefined;

/** Finds paths among those that collectors ask for, some of which are patterns. */
export function createPathReader(files: readonly string[]): PathReader {
  const positions = new Map(files.map((path, position) => [path, position]));
  const patterns = files
    .map((path, position) => ({ path, position }))
    .filter(({ path }) => isPattern(path))
    .map(({ path, position }) => ({ position, expression: new RegExp(`^${asExpression(path)}$`) }));
  return (path) => {
    const position = positions.get(path);
    if (position !== undefined) return { position, repeats: false };
    const pattern = patterns.find(({ expression }) => expression.test(path));
    return pattern === undefined ? undefined : { position: pattern.position, repeats: true };
  };
}

/** A pattern of the shell as a regular expression; both have `[…]`. */
function asExpression(pattern: string): string {
  return pattern
    .replaceAll(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]');
}
