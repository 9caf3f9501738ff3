import type { YAMLMap, YAMLSeq } from 'yaml';
import { entriesOf, type Entry } from './entries.js';
import { columnOf, isBlank, lineEnd, lineStart, previousEnd } from './lines.js';
import type { Splice } from './splice.js';
import type { Style } from './style.js';

/* Flow style: entries between brackets or braces, with commas, in one line or each in lines of its own. */

/**
 * Adds entries behind another one, or as the only ones.
 *
 * @param after index of the entry that they follow; -1 where there is none
 */
export function insertIntoFlow(
  text: string,
  collection: YAMLMap | YAMLSeq,
  after: number,
  texts: readonly string[],
  style: Style,
): Splice[] {
  const neighbour = entriesOf(collection)[after];
  if (neighbour === undefined) return [insertIntoEmpty(text, collection, texts, style)];
  const { end, comma } = neighbour;
  if (!hasOwnLines(text, neighbour, neighbour))
    return [{ start: end, end, text: texts.map((one) => `, ${one}`).join('') }];
  const line = lineEnd(text, comma === undefined ? end : comma + 1);
  const start = style.newline + ' '.repeat(columnOf(text, neighbour.start));
  const added = texts.map((one) => start + one).join(',') + (comma === undefined ? '' : ',');
  const splices = [{ start: line, end: line, text: added }];
  return comma === undefined ? [{ start: end, end, text: ',' }, ...splices] : splices;
}

/** Takes entries away that stand next to each other. */
export function removeFromFlow(
  text: string,
  collection: YAMLMap | YAMLSeq,
  [first, last]: readonly [first: number, last: number],
): Splice[] {
  const entries = entriesOf(collection);
  const [before, head, tail, next] = [entries[first - 1], entries[first], entries[last], entries[last + 1]];
  if (head === undefined || tail === undefined) return [];
  if (before === undefined && next === undefined) return [removeAll(text, collection, head, tail)];
  const ownEnd = tail.comma === undefined ? tail.end : tail.comma + 1;
  const above = previousEnd(text, head.start);
  if (above !== undefined && hasOwnLines(text, head, tail)) {
    const lines = { start: above, end: lineEnd(text, ownEnd), text: '' };
    return next === undefined && tail.comma === undefined ? [...commaOf(before), lines] : [lines];
  }
  if (next !== undefined) return [{ start: head.start, end: next.start, text: '' }];
  const comma = before?.comma ?? head.start;
  if (isBlank(text, comma + 1, head.start)) return [{ start: comma, end: tail.end, text: '' }];
  // A comment stands before it, which ends with its line.
  return [...commaOf(before), { start: head.start, end: tail.end, text: '' }];
}

function insertIntoEmpty(
  text: string,
  collection: YAMLMap | YAMLSeq,
  texts: readonly string[],
  style: Style,
): Splice {
  const [start, end] = inside(collection);
  const blank = text[start - 1] === '{' && style.padded ? ' ' : '';
  const added = texts.join(', ');
  if (isBlank(text, start, end) && !text.slice(start, end).includes('\n'))
    return { start, end, text: blank + added + blank };
  return { start, end: start, text: blank + added };
}

function removeAll(text: string, collection: YAMLMap | YAMLSeq, head: Entry, tail: Entry): Splice {
  const [start, end] = inside(collection);
  const ownEnd = tail.comma === undefined ? tail.end : tail.comma + 1;
  const onlyThey = isBlank(text, start, head.start) && isBlank(text, ownEnd, end);
  return onlyThey && !text.slice(ownEnd, end).includes('\n')
    ? { start, end, text: '' }
    : { start: head.start, end: ownEnd, text: '' };
}

function inside({ range }: YAMLMap | YAMLSeq): readonly [number, number] {
  return range ? [range[0] + 1, range[1] - 1] : [0, 0];
}

function commaOf(entry: Entry | undefined): Splice[] {
  return entry?.comma === undefined ? [] : [{ start: entry.comma, end: entry.comma + 1, text: '' }];
}

/** Whether nothing but blanks, commas and a comment shares the lines of entries. */
function hasOwnLines(text: string, head: Entry, tail: Entry): boolean {
  const end = tail.comma === undefined ? tail.end : tail.comma + 1;
  const rest = text.slice(end, lineEnd(text, end)).trim();
  return isBlank(text, lineStart(text, head.start), head.start) && (rest === '' || rest.startsWith('#'));
}
