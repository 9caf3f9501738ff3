import { isCollection, isMap, isScalar, isSeq, visit } from 'yaml';
import { entriesOf } from './entries.js';
import { columnOf } from './lines.js';
import type { Source } from './source.js';

/** How a file writes what is added to it. */
export interface Style {
  readonly newline: string;
  /** Blanks by which a map or list stands right of its key. */
  readonly step: number;
  /** Whether braces have a blank inside: `{ a: 1 }`. */
  readonly padded: boolean;
  /** Whether the map or list under a key of a node is written with brackets or braces. */
  readonly isFlow: (key: string) => boolean;
}

/** Lists of words fit into a line. */
const FLOW_BY_DEFAULT = ['addresses', 'from', 'groups', 'jump', 'known_hosts', 'native_prefixes'];
const DEFAULT_STEP = 2;

/** The style of a file, and what is usual where the file shows none. */
export function styleOf(source: Source): Style {
  const shown = new Map<string, boolean>();
  let padded = true;
  visit(source.document, {
    Pair: (_key, { key, value }) => {
      if (isScalar(key) && isCollection(value) && value.items.length > 0)
        shown.set(String(key.value), value.flow === true);
    },
    Map: (_key, { flow, items, range }) => {
      if (flow === true && items.length > 0 && range) padded = source.text[range[0] + 1] === ' ';
    },
  });
  return {
    newline: source.newline,
    step: stepOf(source),
    padded,
    isFlow: (key) => shown.get(key) ?? FLOW_BY_DEFAULT.includes(key),
  };
}

/** How far the first map or list stands right of its key at the top. */
function stepOf({ root, text }: Source): number {
  for (const pair of root?.items ?? []) {
    if ((!isMap(pair.value) && !isSeq(pair.value)) || pair.value.flow === true) continue;
    const first = entriesOf(pair.value)[0];
    const column = first === undefined ? 0 : columnOf(text, first.start);
    if (column > 0) return column;
  }
  return DEFAULT_STEP;
}
