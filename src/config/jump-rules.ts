import { jumpChain } from './jump-chain.js';
import type { KeyPath } from './diagnostics.js';
import { entries, get, items, suggestion, value } from './rule-tools.js';
import { subject, type Mistake } from './sentences.js';

/** What no single value tells about jump hosts and the ways through them. */
export function* jumpRules(data: unknown): Generator<Mistake> {
  const hosts = entries(get(data, 'jump_hosts'));
  const names = hosts.map(([name]) => name);
  const vias = new Map(hosts.map(([name, host]) => [name, get(host, 'via')]));
  const viaOf = (name: string) => vias.get(name);
  const told = new Set<string>();
  for (const [name, host] of hosts) {
    const path = ['jump_hosts', name];
    const via = get(host, 'via');
    if (typeof via === 'string' && !names.includes(via)) {
      yield value([...path, 'via'], `"via" is not the name of a jump host; ${suggestion(via, names)}`);
    }
    const { circle } = jumpChain([name], viaOf);
    if (circle.includes(name) && !told.has(name)) {
      yield value([...path, 'via'], '"via" leads back to this jump host; let one of the circle have none');
      for (const member of circle) told.add(member);
    }
  }
  const ways: [KeyPath, unknown][] = [
    [['defaults', 'jump'], get(get(data, 'defaults'), 'jump')],
    ...items(get(data, 'nodes')).map((node, index): [KeyPath, unknown] => [
      ['nodes', index, 'jump'],
      get(node, 'jump'),
    ]),
  ];
  for (const [path, way] of ways) yield* wayRules(path, way, names, viaOf);
}

function* wayRules(
  path: KeyPath,
  way: unknown,
  names: readonly string[],
  viaOf: (name: string) => unknown,
): Generator<Mistake> {
  const unknown = [way].flat().map((name) => typeof name === 'string' && !names.includes(name));
  for (const [index, name] of [way].flat().entries()) {
    if (typeof name !== 'string' || unknown[index] !== true) continue;
    const at = Array.isArray(way) ? [...path, index] : path;
    yield value(at, `${subject(at)} is not the name of a jump host; ${suggestion(name, names)}`);
  }
  if (unknown.includes(true)) return;
  const { chain, circle } = jumpChain(
    [way].flat().filter((name) => typeof name === 'string'),
    viaOf,
  );
  if (circle.length === 0 && new Set(chain).size < chain.length) {
    yield value(path, '"jump" goes through the same jump host twice; name each once');
  }
}
