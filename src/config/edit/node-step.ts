import { isMap, isScalar, isSeq, type YAMLMap, type YAMLSeq } from 'yaml';
import { guardOwn } from './anchors.js';
import { appendItems, removeEntries, setPair } from './collection-edit.js';
import { entriesOf } from './entries.js';
import { lineEnd } from './lines.js';
import type { NodeStep } from './node-change.js';
import { NODE_KEYS } from './node-entry.js';
import { childOf, type Source } from './source.js';
import type { Splice } from './splice.js';
import type { Style } from './style.js';

/**
 * The change of the text for one step, which is known to change something.
 *
 * @throws {PipefleetError} `config_invalid` when an alias is in the way
 */
export function nodeStepSplices(source: Source, style: Style, node: YAMLMap, step: NodeStep): Splice[] {
  const placement = { order: NODE_KEYS };
  if (step.kind === 'addItem' || step.kind === 'removeItem') {
    const list = childOf(node, step.key);
    guardOwn(source, list);
    if (!isSeq(list)) return setPair(source, style, node, step.key, [step.item], placement);
    if (step.kind === 'addItem') return appendItems(source, style, list, [step.item]);
    const items = list.items.map((item) => (isScalar(item) ? item.value : undefined));
    const indices = items.flatMap((item, index) => (item === step.item ? [index] : []));
    if (indices.length === items.length) return removeKey(source, node, step.key);
    return removeInner(source, node, step.key, list, indices);
  }
  const [key, inner] = step.path;
  if (inner === undefined)
    return step.kind === 'set'
      ? setPair(source, style, node, key, step.value, placement)
      : removeKey(source, node, key);
  const map = childOf(node, key);
  guardOwn(source, map);
  if (step.kind === 'set')
    return isMap(map)
      ? setPair(source, style, map, inner, step.value)
      : setPair(source, style, node, key, { [inner]: step.value }, placement);
  if (!isMap(map)) return [];
  if (map.items.length === 1) return removeKey(source, node, key);
  return removeInner(source, node, key, map, [entriesOf(map).findIndex((entry) => entry.key === inner)]);
}

function removeKey(source: Source, node: YAMLMap, key: string): Splice[] {
  const entries = entriesOf(node);
  const index = entries.findIndex((entry) => entry.key === key);
  return removeEntries(source, node, [index], lineEnd(source.text, entries[0]?.start ?? 0));
}

function removeInner(
  source: Source,
  node: YAMLMap,
  key: string,
  collection: YAMLMap | YAMLSeq,
  indices: readonly number[],
): Splice[] {
  const colonEnd = entriesOf(node).find((entry) => entry.key === key)?.colonEnd ?? 0;
  return removeEntries(source, collection, indices, lineEnd(source.text, colonEnd));
}
