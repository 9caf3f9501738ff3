import { PipefleetError } from '../core/errors.js';
import type { Inventory } from './inventory.js';
import type { Node } from './node.js';
import type { NodeSets } from './node-sets.js';
import type { Expression } from './selector/expression.js';
import { conditionOf } from './selector/holds.js';
import { noSelector, parseSelector } from './selector/parse.js';

interface ParsedSelector {
  readonly text: string;
  readonly expression: Expression;
}

/**
 * The nodes that are meant, in the order of the inventory: those of any selector, less those of every selector that is one
 * `!` as a whole. When all selectors are such, they take away from all nodes. No selector at all means every node. What a
 * selector may say is in docs/fleet.md and, as a grammar, in selector/parse.ts.
 *
 * @param sets what `@name` means; `@all` is always known
 * @throws {PipefleetError} `usage` for what is no selector, `node_unknown` when one holds for no node or nothing is left, and
 * what `sets` throws
 */
export function selectNodes(
  inventory: Inventory,
  selectors: readonly string[],
  sets: NodeSets = () => undefined,
): readonly Node[] {
  if (selectors.length === 0) return inventory.nodes;
  const everyName = new Set(inventory.nodes.map(({ name }) => name));
  const known: NodeSets = (name) => (name === 'all' ? everyName : sets(name));
  const parsed = selectors.map((text) => ({ text, expression: parseSelector(text) }));
  if (parsed.length > 1) parsed.forEach(refuseAmbiguous);

  const selected = new Set<Node>();
  const added = parsed.filter(({ expression }) => expression.kind !== 'not');
  if (added.length === 0) for (const node of inventory.nodes) selected.add(node);
  for (const { text, expression } of added) {
    const found = inventory.nodes.filter(conditionOf(expression, known, text));
    if (found.length === 0) {
      throw new PipefleetError(
        'node_unknown',
        `No node is meant by ${JSON.stringify(text)}; pipefleet nodes list shows their names, groups and labels.`,
      );
    }
    for (const node of found) selected.add(node);
  }
  for (const { text, expression } of parsed) {
    if (expression.kind !== 'not') continue;
    const taken = conditionOf(expression.of, known, text);
    for (const node of selected) if (taken(node)) selected.delete(node);
  }
  if (selected.size === 0) {
    throw new PipefleetError(
      'node_unknown',
      `No node is left by ${selectors.map((text) => JSON.stringify(text)).join(' ')}; what begins with "!" takes all of them away.`,
    );
  }
  return inventory.nodes.filter((node) => selected.has(node));
}

/** Beside others, `!a,b` could be meant to take away what it is not meant to add. */
function refuseAmbiguous({ text, expression }: ParsedSelector): void {
  const start = text.search(/\S/);
  if (text[start] !== '!' || expression.kind === 'not') return;
  throw noSelector(
    text,
    start + 1,
    'a "!" begins what goes on after its term; write !(…) around all of it to take nodes away, or (…) to add them',
  );
}
