import { PipefleetError } from '../core/errors.js';
import type { Inventory } from './inventory.js';
import type { Node } from './node.js';

/** One condition: the name of the node, one of its groups, or the value of a label. */
type Term = (node: Node) => boolean;

const GROUP = 'group';
/** What names, groups and values are made of, with the wildcards `*` and `?`. */
const PATTERN = /^[^,=\s][^,=]*$/;

/**
 * The nodes that are meant, in the order of the inventory. Each selector is a list of terms that must all hold, parted by
 * commas; a node is meant when one selector holds for it. A term is a name (`fra-1`), `group=NAME` or `LABEL=VALUE`; `*` stands
 * for any text and `?` for any character, everywhere but in the name of a label. No selector at all means every node.
 *
 * @throws {PipefleetError} `usage` for what is no selector, `node_unknown` when one holds for no node
 */
export function selectNodes(inventory: Inventory, selectors: readonly string[]): readonly Node[] {
  if (selectors.length === 0) return inventory.nodes;
  const selected = new Set<Node>();
  for (const selector of selectors) {
    const terms = selector.split(',').map((term) => readTerm(term.trim(), selector));
    const found = inventory.nodes.filter((node) => terms.every((holds) => holds(node)));
    if (found.length === 0) {
      throw new PipefleetError(
        'node_unknown',
        `No node is meant by ${JSON.stringify(selector)}; pipefleet nodes list shows their names, groups and labels.`,
      );
    }
    for (const node of found) selected.add(node);
  }
  return inventory.nodes.filter((node) => selected.has(node));
}

function readTerm(term: string, selector: string): Term {
  const equals = term.indexOf('=');
  const key = term.slice(0, Math.max(equals, 0));
  const value = term.slice(equals + 1);
  if ((equals >= 0 && key === '') || !PATTERN.test(value)) {
    throw new PipefleetError(
      'usage',
      `${JSON.stringify(selector)} is no selector; write a name such as fra-1 or fra-*, group=NAME or LABEL=VALUE, with commas between those that must all hold.`,
    );
  }
  const pattern = new RegExp(`^${asExpression(value)}$`, 'u');
  if (equals < 0) return ({ name }) => pattern.test(name);
  if (key === GROUP) return ({ groups }) => groups.some((group) => pattern.test(group));
  return ({ labels }) => Object.hasOwn(labels, key) && pattern.test(labels[key] ?? '');
}

function asExpression(pattern: string): string {
  return pattern
    .replaceAll(/[.+^${}()|[\]\\/]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
}
