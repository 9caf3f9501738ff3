import { isAlias, isNode, visit } from 'yaml';
import { PipefleetError } from '../../core/errors.js';
import { lineNumber } from './lines.js';
import type { AliasPlace, Source } from './source.js';

/**
 * Makes sure that a change inside a node changes nothing elsewhere.
 *
 * @throws {PipefleetError} `config_invalid` when the node is an alias, or has an anchor that an alias refers to
 */
export function guardOwn(source: Source, node: unknown): void {
  if (!isNode(node)) return;
  const place = (): number => lineNumber(source.text, node.range?.[0] ?? 0);
  if (isAlias(node)) {
    throw new PipefleetError(
      'config_invalid',
      `What is to be changed comes from the alias ("*…") in line ${place()}, and belongs to others too; write the values there first.`,
    );
  }
  if (node.anchor === undefined) return;
  const use = source.aliases.find(({ anchor }) => anchor === node.anchor);
  if (use !== undefined) throw sharedError(source, place(), use);
}

/**
 * Makes sure that nothing else refers to what is to be removed or replaced.
 *
 * @throws {PipefleetError} `config_invalid` when an alias elsewhere refers to an anchor in one of the nodes
 */
export function guardDropped(source: Source, nodes: readonly unknown[]): void {
  if (source.aliases.length === 0) return;
  const dropped = nodes.filter(isNode);
  const isInside = (offset: number): boolean =>
    dropped.some(({ range }) => range && offset >= range[0] && offset < range[1]);
  for (const node of dropped) {
    visit(node, {
      Node: (_key, inner) => {
        if (isAlias(inner) || inner.anchor === undefined) return;
        const use = source.aliases.find(({ anchor, offset }) => anchor === inner.anchor && !isInside(offset));
        if (use !== undefined) throw sharedError(source, lineNumber(source.text, inner.range?.[0] ?? 0), use);
      },
    });
  }
}

function sharedError({ text }: Source, line: number, use: AliasPlace): PipefleetError {
  const other = lineNumber(text, use.offset);
  return new PipefleetError(
    'config_invalid',
    `What is to be changed in line ${line} has an anchor ("&…") that line ${other} refers to; write the values in line ${other} first.`,
  );
}
