/** What makes a path a pattern of the shell. */
const WILDCARD = /[*?[]/;

/** Whether a path of a collector is a pattern. */
export function isPattern(path: string): boolean {
  return WILDCARD.test(path);
}

/** What a path begins with, whatever the wildcards match. */
const BEGINNING = /^[^*?[]*/;

/** Place behind the last wildcard of a pattern; 0 when there is none. */
export function endOfWildcards(pattern: string): number {
  return Math.max(...['*', '?', ']'].map((wildcard) => pattern.lastIndexOf(wildcard))) + 1;
}

/** Whether a text is matched. */
type Matcher = (text: string) => boolean;

/**
 * A pattern of the shell, with `*`, `?` and `[…]`, none of which matches a slash. The cost of a match is the length of the path times the
 * length of the pattern at most. A regular expression with several `*` would try all ways to divide the path among them.
 */
export function matchPattern(pattern: string): Matcher {
  const [beginning, end] = [BEGINNING.exec(pattern)?.[0] ?? '', pattern.slice(endOfWildcards(pattern))];
  const components = pattern.split('/').map(matchComponent);
  return (path) => {
    // Of dozens of patterns that are tried for a path, this leaves one.
    if (!path.startsWith(beginning) || !path.endsWith(end)) return false;
    const names = path.split('/', components.length + 1);
    return (
      names.length === components.length &&
      components.every((matches, position) => matches(names[position] ?? ''))
    );
  };
}

function matchComponent(pattern: string): Matcher {
  if (!isPattern(pattern)) return (name) => name === pattern;
  const [first, ...rest] = pattern.split('*').map(readPiece);
  const last = rest.pop();
  if (first === undefined) return () => false;
  if (last === undefined) return (name) => name.length === first.width && first.at(name, 0);
  return (name) => {
    const end = name.length - last.width;
    if (first.width > end || !first.at(name, 0) || !last.at(name, end)) return false;
    // The leftmost place of each piece leaves the most room for those that follow.
    let at = first.width;
    for (const piece of rest) {
      while (at + piece.width <= end && !piece.at(name, at)) at++;
      at += piece.width;
    }
    return at <= end;
  };
}

/** What a pattern has between two `*`: each of its elements matches one character. */
interface Piece {
  readonly width: number;
  /** Whether the text has it at a place that has room for it. */
  readonly at: (text: string, place: number) => boolean;
}

const ELEMENT = /\[[^\][]*\]|[^]/g;

function readPiece(pattern: string): Piece {
  const elements = Array.from(pattern.matchAll(ELEMENT), ([element]): Matcher => {
    if (element === '?') return () => true;
    // Sets of characters are written alike in both.
    return element.length > 1 ? RegExp.prototype.test.bind(new RegExp(element)) : (one) => one === element;
  });
  return {
    width: elements.length,
    at: (text, place) => elements.every((matches, offset) => matches(text.charAt(place + offset))),
  };
}
