import type { KeyPath } from './diagnostics.js';
import { get, items, value, type RuleContext } from './rule-tools.js';
import type { Mistake } from './sentences.js';

/** What no single value under `nodes` tells. */
export function* nodeRules(data: unknown, { lineOf }: RuleContext): Generator<Mistake> {
  const firstUse = new Map<string, KeyPath>();
  for (const [index, node] of items(get(data, 'nodes')).entries()) {
    const path = ['nodes', index, 'name'];
    const name = get(node, 'name');
    if (typeof name !== 'string') continue;
    const earlier = firstUse.get(name);
    if (earlier === undefined) {
      firstUse.set(name, path);
    } else {
      const message = `"name" is the name of the node in line ${lineOf(earlier)} already; make it unique`;
      yield value(path, message);
    }
  }
}
