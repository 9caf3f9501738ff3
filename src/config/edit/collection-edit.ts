import { isMap, isSeq, type YAMLMap, type YAMLSeq } from 'yaml';
import { guardDropped } from './anchors.js';
import { insertIntoBlock, isSpaced, removeFromBlock } from './block-edit.js';
import { endOf, entriesOf, isFlow, type Entry } from './entries.js';
import { insertIntoFlow, removeFromFlow } from './flow-edit.js';
import { columnOf, lineEnd, lineStart } from './lines.js';
import { inlinePair, inlineText, isInline, itemText, pairText, valueText, type Writable } from './render.js';
import type { Source } from './source.js';
import type { Splice } from './splice.js';
import type { Style } from './style.js';

/** Where a key stands that a map lacks, and how its value is written. */
export interface Placement {
  /** Keys in their usual order: a new one follows the last that comes before it. */
  readonly order?: readonly string[];
  /** Whether a map or list is written in one line; as the file does elsewhere when left out. */
  readonly flow?: boolean;
}

/** Adds items at the end of a list, which is not empty unless it has brackets. */
export function appendItems(
  source: Source,
  style: Style,
  list: YAMLSeq,
  values: readonly Writable[],
): Splice[] {
  const { text } = source;
  const entries = entriesOf(list);
  if (isFlow(list)) {
    const texts = values.map((value) => inlineText(value, style));
    return insertIntoFlow(text, list, entries.length - 1, texts, style);
  }
  const last = entries.at(-1);
  const flow = isMap(last?.value) && isFlow(last.value);
  const column = columnOf(text, last?.start ?? 0) + 2;
  const texts = values.map((value) => `- ${itemText(value, column, style, flow)}`);
  const spacing = { newline: style.newline, spaced: isSpaced(text, entries) };
  return insertIntoBlock(text, entries, entries.length - 1, texts, spacing);
}

/** Gives a key of a map a value, whatever it had. Not for the first key of an empty block map, which cannot be written. */
export function setPair(
  source: Source,
  style: Style,
  map: YAMLMap,
  key: string,
  value: Writable,
  placement: Placement = {},
): Splice[] {
  const { text } = source;
  const entries = entriesOf(map);
  const present = entries.find((entry) => entry.key === key);
  const flow = placement.flow ?? style.isFlow(key);
  if (present !== undefined) return replaceValue(source, style, map, present, value, flow);
  const after = indexBefore(entries, key, placement.order);
  if (isFlow(map)) return insertIntoFlow(text, map, after, [inlinePair(key, value, style)], style);
  const column = columnOf(text, entries[after]?.start ?? 0);
  const pair = pairText(key, value, column, style, flow);
  const spaced = placement.order === undefined && isSpaced(text, entries);
  return insertIntoBlock(text, entries, after, [pair], { newline: style.newline, spaced });
}

function indexBefore(entries: readonly Entry[], key: string, order: readonly string[] = []): number {
  const place = order.indexOf(key);
  const earlier = entries.findLastIndex((entry) => {
    const index = order.indexOf(entry.key ?? '');
    return index >= 0 && index < place;
  });
  return earlier < 0 ? entries.length - 1 : earlier;
}

function replaceValue(
  source: Source,
  style: Style,
  map: YAMLMap,
  entry: Entry,
  value: Writable,
  flow: boolean,
): Splice[] {
  const { text } = source;
  guardDropped(source, [entry.value]);
  const { colonEnd, valueStart, end } = entry;
  const written = endOf(entry.value) !== undefined;
  if (isFlow(map)) {
    const added = inlineText(value, style);
    if (written) return [{ start: valueStart, end, text: added }];
    return [{ start: end, end, text: `${colonEnd === undefined ? ':' : ''} ${added}` }];
  }
  const from = colonEnd ?? end;
  const column = columnOf(text, entry.start);
  const added = valueText(value, column, style, flow);
  const oneLine = lineEnd(text, from) >= end;
  if (isInline(value, flow) && oneLine)
    return [
      written ? { start: valueStart, end, text: added.slice(1) } : { start: from, end: from, text: added },
    ];
  // A text of several lines ends with its line break, which stays.
  const stop = text[end - 1] === '\n' ? lineEnd(text, lineStart(text, end - 1)) : end;
  if (!oneLine) return [{ start: from, end: stop, text: added }];
  // What goes below leaves a comment where it is.
  const line = lineEnd(text, end);
  return [
    { start: from, end: written ? end : from, text: '' },
    { start: line, end: line, text: added },
  ];
}

/**
 * Takes entries out of a map or list. Of a block map or list some must stay, see {@link clearList}.
 *
 * @param parentEnd where the line ends that the first entry stands below; undefined at the top of the file
 */
export function removeEntries(
  source: Source,
  collection: YAMLMap | YAMLSeq,
  indices: readonly number[],
  parentEnd: number | undefined,
): Splice[] {
  const entries = entriesOf(collection);
  guardDropped(
    source,
    indices.map((index) => entries[index]?.value),
  );
  return runsOf(indices).flatMap((run) =>
    isFlow(collection)
      ? removeFromFlow(source.text, collection, run)
      : removeFromBlock(source.text, entries, run, parentEnd),
  );
}

/** Takes all items out of the list under a key; `[]` stays. */
export function clearList(source: Source, { colonEnd, value }: Entry): Splice[] {
  if (!isSeq(value)) return [];
  const from = colonEnd ?? 0;
  const all = entriesOf(value).map((_entry, index) => index);
  const splices = removeEntries(source, value, all, lineEnd(source.text, from));
  return isFlow(value) ? splices : [{ start: from, end: from, text: ' []' }, ...splices];
}

/** First and last of each row of indices that follow each other. */
function runsOf(indices: readonly number[]): [number, number][] {
  const runs: [number, number][] = [];
  for (const index of indices.toSorted((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run !== undefined && run[1] === index - 1) run[1] = index;
    else runs.push([index, index]);
  }
  return runs;
}
