import { isAlias, isMap, isPair, isScalar, isSeq, type CST, type YAMLMap, type YAMLSeq } from 'yaml';

/** A pair of a map or an item of a list, as offsets into the text. */
export interface Entry {
  /** Where it begins: its key, or the `-` of a block list. */
  readonly start: number;
  /** Past its last character; comments do not belong to it. */
  readonly end: number;
  /** The key of a pair. */
  readonly key: string | undefined;
  /** Past the `:` of a pair, where there is one. */
  readonly colonEnd: number | undefined;
  /** Where the value begins, past its anchor; `end` where it is missing. */
  readonly valueStart: number;
  /** The node of the value. */
  readonly value: unknown;
  /** In flow style, where the comma stands that follows. */
  readonly comma: number | undefined;
}

type Item = CST.CollectionItem;

/** The entries of a map or list in the order of the text. */
export function entriesOf(collection: YAMLMap | YAMLSeq): Entry[] {
  const token = collection.srcToken as CST.BlockMap | CST.BlockSequence | CST.FlowCollection | undefined;
  const tokens: readonly Item[] = token?.items ?? [];
  const commaOf = (item: Item | undefined) => item?.start.find(({ type }) => type === 'comma')?.offset;
  const entries: Entry[] = [];
  for (const [index, item] of tokens.entries()) {
    const node: unknown = collection.items[entries.length];
    const start = startOf(item);
    // Comments after the last entry, or a comma at the end, make a token without an entry.
    if (node === undefined || start === undefined) continue;
    const pair = isPair(node) ? node : undefined;
    const value: unknown = pair === undefined ? node : pair.value;
    const colon = item.sep?.find(({ type }) => type === 'map-value-ind');
    const colonEnd = colon === undefined ? undefined : colon.offset + 1;
    const least = colonEnd ?? endOf(pair?.key) ?? dashEnd(item) ?? start;
    const end = endOf(value) ?? least;
    entries.push({
      start,
      end,
      key: isScalar(pair?.key) ? String(pair.key.value) : undefined,
      colonEnd: pair === undefined ? undefined : colonEnd,
      valueStart: endOf(value) === undefined ? end : (rangeOf(value)?.[0] ?? end),
      value,
      comma: isFlow(collection) ? commaOf(tokens[index + 1]) : undefined,
    });
  }
  return entries;
}

/** Whether a collection is written with brackets or braces. */
export function isFlow(collection: YAMLMap | YAMLSeq): boolean {
  return collection.flow === true;
}

/** Past the last character of a node; undefined for one that is not written at all. */
export function endOf(node: unknown): number | undefined {
  const range = rangeOf(node);
  if (range === undefined) return undefined;
  if ((isMap(node) || isSeq(node)) && node.flow !== true) {
    const last = entriesOf(node).at(-1);
    return last?.end ?? range[1];
  }
  return range[1] > range[0] ? range[1] : undefined;
}

function rangeOf(node: unknown): readonly [number, number, number] | undefined {
  if (!isScalar(node) && !isAlias(node) && !isMap(node) && !isSeq(node)) return undefined;
  return node.range ?? undefined;
}

function startOf({ start, key, sep, value }: Item): number | undefined {
  const own = start.find(({ type }) => !['space', 'newline', 'comment', 'comma'].includes(type));
  return (
    own?.offset ?? key?.offset ?? sep?.find(({ type }) => type === 'map-value-ind')?.offset ?? value?.offset
  );
}

function dashEnd({ start }: Item): number | undefined {
  const last = start.findLast(({ type }) => !['space', 'newline', 'comment', 'comma'].includes(type));
  return last === undefined ? undefined : last.offset + last.source.length;
}
