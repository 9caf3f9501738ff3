import { isDeepStrictEqual } from 'node:util';
import { isMap, isSeq, type YAMLSeq } from 'yaml';
import { PipefleetError } from '../../core/errors.js';
import { guardOwn } from './anchors.js';
import { appendItems, clearList, removeEntries } from './collection-edit.js';
import { entriesOf, isFlow, type Entry } from './entries.js';
import { isBlank, lineEnd } from './lines.js';
import { afterStep, stepsOf, type NodeChange } from './node-change.js';
import { writtenEntry, type NodeEntry } from './node-entry.js';
import { nodeStepSplices } from './node-step.js';
import { asList, asMap, withKey, type DataMap } from './plain-data.js';
import { childOf, isNothing, readSource, type Source } from './source.js';
import { applySplices, type Splice } from './splice.js';
import { styleOf } from './style.js';
import { setTopPair } from './top-level.js';
import { verified } from './verify.js';

/*
 * All functions change the text of a pipefleet.yml and leave every other character as it is: comments, order, blank lines,
 * quotes, styles and line ends. They throw a PipefleetError `config_invalid` when the text is no readable YAML map or an alias
 * is in the way, and `internal` rather than giving a text that says anything else than it should.
 */

/** The text with nodes added at the end of its list, written like the last one there. Whether names are unique is not looked at. */
export function addNodes(text: string, entries: readonly NodeEntry[]): string {
  if (entries.length === 0) return text;
  const source = readSource(text);
  const style = styleOf(source);
  const values = entries.map(writtenEntry);
  const list = nodeList(source);
  const splices =
    list === undefined || canBeReplaced(source, list)
      ? setTopPair(source, style, 'nodes', values, { flow: false })
      : appendItems(source, style, list, values);
  const nodes = [...asList(asMap(source.data)['nodes']), ...values];
  return verified(applySplices(text, splices), withKey(asMap(source.data), 'nodes', nodes));
}

/**
 * The text without the nodes of these names. With a node go the comment lines directly above it that have its indentation.
 *
 * @throws {PipefleetError} `node_unknown` when one is not there, or as all functions here
 */
export function removeNodes(text: string, names: readonly string[]): string {
  const source = readSource(text);
  const nodes = asList(asMap(source.data)['nodes']);
  const list = nodeList(source);
  const indices = indicesOf(nodes, names);
  if (list === undefined || indices.length === 0) return text;
  const splices =
    new Set(indices).size === nodes.length ? clearNodes(source) : removeSome(source, list, indices);
  const left = nodes.filter((_node, index) => !indices.includes(index));
  return verified(applySplices(text, splices), withKey(asMap(source.data), 'nodes', left));
}

/**
 * The text with one node changed. A new key stands where it usually stands; what becomes empty goes.
 *
 * @throws {PipefleetError} `node_unknown` when the node is not there, or as all functions here
 */
export function changeNode(text: string, name: string, change: NodeChange): string {
  return changeNodes(text, new Map([[name, change]]));
}

/**
 * The text with many nodes changed, each as by {@link changeNode} and by the name that it has before.
 *
 * @throws {PipefleetError} as {@link changeNode}
 */
export function changeNodes(text: string, changes: ReadonlyMap<string, NodeChange>): string {
  const source = readSource(text);
  const nodes = asList(asMap(source.data)['nodes']).map(asMap);
  const steps = new Map(
    indicesOf(nodes, [...changes.keys()]).map((index) => {
      const change = changes.get(String(nodes[index]?.['name'])) ?? {};
      return [index, stepsOf(change)] as const;
    }),
  );
  const rounds = Math.max(0, ...[...steps.values()].map(({ length }) => length));
  if (rounds === 0) return text;
  // Nodes do not touch each other, so that one reading of the text is enough for a step of each.
  let changed = source;
  let data: readonly DataMap[] = nodes;
  for (let round = 0; round < rounds; round += 1) {
    const entries = nodeEntries(changed);
    const style = styleOf(changed);
    const splices: Splice[] = [];
    const next = [...data];
    for (const [index, row] of steps) {
      const [step, before, map] = [row[round], data[index], entries[index]?.value];
      if (step === undefined || before === undefined) continue;
      const after = afterStep(before, step);
      if (isDeepStrictEqual(after, before)) continue;
      next[index] = after;
      guardOwn(changed, map);
      if (isMap(map)) splices.push(...nodeStepSplices(changed, style, map, step));
    }
    data = next;
    if (splices.length > 0) changed = readSource(applySplices(changed.text, splices));
  }
  return verified(changed.text, withKey(asMap(source.data), 'nodes', data));
}

function nodeList(source: Source): YAMLSeq | undefined {
  const list = source.root === undefined ? undefined : childOf(source.root, 'nodes');
  if (isNothing(list)) return undefined;
  guardOwn(source, source.root);
  guardOwn(source, list);
  if (isSeq(list)) return list;
  throw new PipefleetError(
    'config_invalid',
    '"nodes" in pipefleet.yml is not a list; write its items on lines that start with "- ".',
  );
}

function nodeEntries(source: Source): readonly Entry[] {
  const list = nodeList(source);
  return list === undefined ? [] : entriesOf(list);
}

/** `[]` in a file of lines makes place for lines, unless a comment stands in it. */
function canBeReplaced({ root, text }: Source, list: YAMLSeq): boolean {
  if (root === undefined || isFlow(root) || !isFlow(list) || list.items.length > 0 || !list.range)
    return false;
  return isBlank(text, list.range[0] + 1, list.range[1] - 1);
}

function clearNodes(source: Source): Splice[] {
  const entry = rootEntry(source);
  return entry === undefined ? [] : clearList(source, entry);
}

function removeSome(source: Source, list: YAMLSeq, indices: readonly number[]): Splice[] {
  const colonEnd = rootEntry(source)?.colonEnd;
  const parentEnd = colonEnd === undefined ? undefined : lineEnd(source.text, colonEnd);
  return removeEntries(source, list, indices, parentEnd);
}

function rootEntry({ root }: Source): Entry | undefined {
  const entries = root === undefined ? [] : entriesOf(root);
  return entries.find(({ key }) => key === 'nodes');
}

/** Where the nodes of these names stand in the list, in its order. */
function indicesOf(nodes: readonly unknown[], names: Iterable<string>): number[] {
  const wanted = new Set(names);
  const found = nodes.map((node) => String(asMap(node)['name']));
  const present = new Set(found);
  const missing = [...wanted].find((name) => !present.has(name));
  if (missing !== undefined) {
    throw new PipefleetError(
      'node_unknown',
      `No node of pipefleet.yml is called ${JSON.stringify(missing)}; pipefleet nodes list shows their names.`,
    );
  }
  return found.flatMap((name, index) => (wanted.has(name) ? [index] : []));
}
