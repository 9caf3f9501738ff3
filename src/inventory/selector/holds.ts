import type { Node } from '../node.js';
import { RUN_SETS, type NodeSets } from '../node-sets.js';
import type { Expression, ValuePattern } from './expression.js';
import { noSelector } from './parse.js';
import { matchesWildcard } from './wildcard.js';

export type Condition = (node: Node) => boolean;

/** What a key other than the name of a label means. */
const PROPERTIES: Readonly<Record<string, (node: Node) => readonly string[]>> = {
  group: ({ groups }) => groups,
  jump: ({ jump }) => jump.map(({ name }) => name),
  credential: ({ credential }) => [credential.name],
  host: ({ host }) => [host],
};

/**
 * An expression as a question about a node.
 *
 * @param selector the text that the expression comes from, for the message of an error
 * @throws {PipefleetError} `usage` for a set that does not exist, or what `sets` throws
 */
export function conditionOf(expression: Expression, sets: NodeSets, selector: string): Condition {
  switch (expression.kind) {
    case 'any': {
      const conditions = expression.of.map((one) => conditionOf(one, sets, selector));
      return (node) => conditions.some((holds) => holds(node));
    }
    case 'all': {
      const conditions = expression.of.map((one) => conditionOf(one, sets, selector));
      return (node) => conditions.every((holds) => holds(node));
    }
    case 'not': {
      const holds = conditionOf(expression.of, sets, selector);
      return (node) => !holds(node);
    }
    case 'name': {
      const { value } = expression;
      return ({ name }) => matches(value, name);
    }
    case 'property': {
      const { key, value } = expression;
      return (node) => valuesOf(node, key).some((found) => matches(value, found));
    }
    case 'set': {
      const members = sets(expression.name);
      if (members === undefined) {
        const known = ['all', ...RUN_SETS].map((name) => `@${name}`).join(', ');
        throw noSelector(selector, expression.column, `stands a set that does not exist; there is ${known}`);
      }
      return ({ name }) => members.has(name);
    }
  }
}

function valuesOf(node: Node, key: string): readonly string[] {
  if (Object.hasOwn(PROPERTIES, key)) return PROPERTIES[key]?.(node) ?? [];
  const value = Object.hasOwn(node.labels, key) ? node.labels[key] : undefined;
  return value === undefined ? [] : [value];
}

function matches({ text, literal }: ValuePattern, value: string): boolean {
  return literal ? text === value : matchesWildcard(text, value);
}
