import { PipefleetError } from '../core/errors.js';
import type { Inventory } from '../inventory/inventory.js';
import type { Node } from '../inventory/node.js';

/**
 * The node that a command names.
 *
 * @throws {PipefleetError} `node_unknown`, which says what there is instead
 */
export function findNode(inventory: Inventory, name: string): Node {
  const node = inventory.get(name);
  if (node !== undefined) return node;
  const names = inventory.nodes.slice(0, 8).map((known) => known.name);
  const more = inventory.size > names.length ? `, … (${inventory.size} in all)` : '';
  throw new PipefleetError(
    'node_unknown',
    `There is no node ${name} in the configuration; there is ${names.join(', ') || 'none at all'}${more}.`,
  );
}
