import { chosenCollectors, scheduleOf, type KnownCollector } from './modules.js';
import { parseDuration } from './quantities.js';
import { entries, get, items, key, suggestion, value, type RuleContext } from './rule-tools.js';
import { subject, type Mistake } from './sentences.js';

/** What no single value under `modules` tells. */
export function* moduleRules(data: unknown, { collectors }: RuleContext): Generator<Mistake> {
  for (const [name, module] of entries(get(data, 'modules'))) {
    const path = ['modules', name];
    yield* collectorRules(name, module, collectors);
    const timeout = seconds(get(module, 'timeout'));
    const interval = get(module, 'interval');
    const standard = interval === undefined ? scheduleOf(name).intervalSeconds : undefined;
    if (timeout !== undefined && timeout > (seconds(interval) ?? standard ?? Infinity)) {
      const which = standard === undefined ? '"interval"' : `the interval of "${name}" (${standard}s)`;
      yield value(
        [...path, 'timeout'],
        `"timeout" is longer than ${which}, which Prometheus refuses; shorten it`,
      );
    }
  }
}

function* collectorRules(
  name: string,
  module: unknown,
  collectors: readonly KnownCollector[],
): Generator<Mistake> {
  const path = ['modules', name];
  const names = collectors.map((collector) => collector.name);
  for (const list of ['collectors', 'enable', 'disable']) {
    for (const [index, item] of items(get(module, list)).entries()) {
      if (typeof item !== 'string' || names.includes(item)) continue;
      const at = [...path, list, index];
      yield value(at, `${subject(at)} is not the name of a collector; ${suggestion(item, names)}`);
    }
  }
  const [chosen, enable, disable] = [
    get(module, 'collectors'),
    items(get(module, 'enable')),
    items(get(module, 'disable')),
  ];
  if (chosen !== undefined && get(module, 'enable') !== undefined) {
    yield key(
      [...path, 'enable'],
      '"enable" adds to the default, which "collectors" replaces; name them all under "collectors"',
    );
  }
  const choice = { collectors: Array.isArray(chosen) ? items(chosen) : undefined, enable };
  const before = chosenCollectors(name, choice, collectors);
  for (const [index, item] of disable.entries()) {
    const known = collectors.find((collector) => collector.name === item);
    if (known === undefined) continue;
    const at = [...path, 'disable', index];
    if (enable.includes(item)) {
      yield value(at, `${subject(at)} stands under "enable" too; keep one of the two`);
    } else if (!before.includes(known.name)) {
      const home =
        known.optIn === true || known.module === name ? '' : `, or write it under "${known.module}"`;
      yield value(at, `${subject(at)} is no collector of this module anyway; remove it${home}`);
    }
  }
  if (before.length > 0 && before.every((item) => disable.includes(item))) {
    yield value([...path, 'disable'], '"disable" leaves no collector; keep at least one');
  }
}

function seconds(data: unknown): number | undefined {
  return typeof data === 'string' ? parseDuration(data) : undefined;
}
