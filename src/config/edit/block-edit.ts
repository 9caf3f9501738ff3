import type { Entry } from './entries.js';
import { columnOf, isBlank, lineEnd, lineStart, nextLine, previousEnd } from './lines.js';
import type { Splice } from './splice.js';

/*
 * Block style: an entry owns its lines, the comment lines directly above it with its indentation, and those below it that are
 * indented deeper than it begins.
 */

/**
 * Adds entries below another one.
 *
 * @param after index of the entry that they follow
 * @param texts of the entries, without the indentation of their first lines
 * @param spaced whether a blank line stands above each
 */
export function insertIntoBlock(
  text: string,
  entries: readonly Entry[],
  after: number,
  texts: readonly string[],
  { newline, spaced }: { readonly newline: string; readonly spaced: boolean },
): Splice[] {
  const neighbour = entries[after];
  if (neighbour === undefined) return [];
  const at = lastEnd(text, neighbour);
  const start = (spaced ? newline : '') + newline + ' '.repeat(columnOf(text, neighbour.start));
  return [{ start: at, end: at, text: texts.map((one) => start + one).join('') }];
}

/** Whether a blank line stands between the last two entries. */
export function isSpaced(text: string, entries: readonly Entry[]): boolean {
  const [before, last] = entries.slice(-2);
  if (before === undefined || last === undefined) return false;
  const from = lastEnd(text, before);
  const top = firstStart(text, last, from);
  return isBlank(text, from, top) && text.slice(from, top).split('\n').length > 2;
}

/**
 * Takes entries away that stand next to each other.
 *
 * @param parentEnd where the line ends that the first entry stands below; undefined at the top of the file
 */
export function removeFromBlock(
  text: string,
  entries: readonly Entry[],
  [first, last]: readonly [first: number, last: number],
  parentEnd: number | undefined,
): Splice[] {
  const [head, tail, next] = [entries[first], entries[last], entries[last + 1]];
  if (head === undefined || tail === undefined) return [];
  if (next !== undefined && !isBlank(text, lineStart(text, head.start), head.start))
    return [removeBesideDash(text, head, tail, next)];
  const before = entries[first - 1];
  const top = firstStart(text, head, before === undefined ? parentEnd : lastEnd(text, before));
  const bottom = lastEnd(text, tail);
  const above = previousEnd(text, top);
  const below = lastBlankEnd(text, bottom);
  if (above === undefined) return [{ start: 0, end: nextLine(text, below), text: '' }];
  if (before === undefined && next !== undefined) return [{ start: above, end: below, text: '' }];
  const blanksGo = next === undefined || below > bottom;
  return [{ start: blanksGo ? firstBlankEnd(text, above) : above, end: bottom, text: '' }];
}

/** The end of the last line that an entry owns. */
export function lastEnd(text: string, { start, end }: Entry): number {
  const column = columnOf(text, start);
  // A text of several lines ends with its line break.
  let owned = text[end - 1] === '\n' ? lineEnd(text, lineStart(text, end - 1)) : lineEnd(text, end);
  let line = nextLine(text, owned);
  while (line < text.length) {
    const stop = lineEnd(text, line);
    const content = text.slice(line, stop).trimStart();
    const indentation = stop - line - content.length;
    if (content !== '' && !(content.startsWith('#') && indentation > column)) break;
    if (content !== '') owned = stop;
    line = nextLine(text, line);
  }
  return owned;
}

/** The start of the first line that an entry owns: its own one, or a comment above that lies below `floor`. */
function firstStart(text: string, { start }: Entry, floor = -1): number {
  let top = lineStart(text, start);
  const comment = `${' '.repeat(columnOf(text, start))}#`;
  while (top > 0 && lineStart(text, top - 1) > floor && text.startsWith(comment, lineStart(text, top - 1)))
    top = lineStart(text, top - 1);
  return top;
}

/** A map as an item of a list has its first key in the line of the dash, where the next key moves up to. */
function removeBesideDash(text: string, head: Entry, tail: Entry, next: Entry): Splice {
  const end = lastEnd(text, tail);
  if (isBlank(text, end, next.start)) return { start: head.start, end: next.start, text: '' };
  const dashEnd = text.slice(0, head.start).trimEnd().length;
  return { start: dashEnd, end, text: '' };
}

/** The end of the last of the blank lines below a line; that of the line itself where there is none. */
function lastBlankEnd(text: string, end: number): number {
  let last = end;
  let line = nextLine(text, end);
  while (line < text.length && isBlank(text, line, lineEnd(text, line))) {
    last = lineEnd(text, line);
    line = nextLine(text, line);
  }
  return last;
}

/** The end of the line above the blank lines that end here; `end` itself where its line is not blank. */
function firstBlankEnd(text: string, end: number): number {
  let first = end;
  while (isBlank(text, lineStart(text, first), first)) {
    const above = previousEnd(text, first);
    if (above === undefined) return first;
    first = above;
  }
  return first;
}
