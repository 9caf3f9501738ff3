import type { KeyPath } from './diagnostics.js';
import { chosenCollectors, scheduleOf, type KnownCollector } from './modules.js';
import { nearest } from './nearest.js';
import { parseDuration } from './quantities.js';
import { subject, type Mistake } from './sentences.js';

/** Keys that say how to log in, or try to: the schema tells why the latter are refused. */
const KEY_HOLDERS = ['key_file', 'key', 'private_key', 'password'];

export interface RuleContext {
  /** Every collector that exists. */
  readonly collectors: readonly KnownCollector[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** 1-based line of the value at a path. */
  readonly lineOf: (path: KeyPath) => number;
}

/**
 * What no single value tells: references, exclusions, uniqueness. Works on the data as read, whatever else is wrong with
 * it, so that one mistake hides none of the others. Silent about values of a wrong kind: the schema tells about those.
 */
export function checkRules(data: unknown, context: RuleContext): Mistake[] {
  return [...credentialRules(data, context), ...moduleRules(data, context), ...nodeRules(data, context)];
}

function* credentialRules(data: unknown, { environment }: RuleContext): Generator<Mistake> {
  for (const [name, credential] of entries(get(data, 'credentials'))) {
    const path = ['credentials', name];
    const has = (key: string) => get(credential, key) !== undefined;
    if (!isMap(credential)) continue;
    if (has('key_file') && has('agent')) {
      yield key([...path, 'agent'], '"agent" and "key_file" exclude each other; keep one of the two');
    }
    if (!has('agent') && !KEY_HOLDERS.some(has)) {
      yield key(path, `${subject(path)} names no key; add "key_file: PATH" or "agent: true"`);
    }
    if (has('passphrase_file') && has('passphrase_env')) {
      yield key(
        [...path, 'passphrase_env'],
        '"passphrase_env" and "passphrase_file" exclude each other; keep one of the two',
      );
    }
    for (const passphrase of ['passphrase_file', 'passphrase_env']) {
      if (has(passphrase) && has('agent') && !has('key_file')) {
        yield key(
          [...path, passphrase],
          `"${passphrase}" is of no use with an agent, which holds the key open; remove it`,
        );
      }
    }
    if (get(credential, 'agent') === true && (environment['SSH_AUTH_SOCK'] ?? '') === '') {
      yield value(
        [...path, 'agent'],
        '"agent" is true and SSH_AUTH_SOCK is not set; start an ssh-agent, or write the path of its socket',
      );
    }
  }
}

function* moduleRules(data: unknown, { collectors }: RuleContext): Generator<Mistake> {
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

function* nodeRules(data: unknown, { lineOf }: RuleContext): Generator<Mistake> {
  const credentials = entries(get(data, 'credentials')).map(([name]) => name);
  const fallback = get(get(data, 'defaults'), 'credential');
  if (typeof fallback === 'string' && !credentials.includes(fallback)) {
    const path = ['defaults', 'credential'];
    yield value(path, `"credential" is not the name of a credential; ${suggestion(fallback, credentials)}`);
  }
  const nodes = items(get(data, 'nodes'));
  if (nodes.length > 0 && credentials.length === 0 && isMap(get(data, 'credentials') ?? {})) {
    yield value(['nodes'], 'no credential is there for these nodes; add one under "credentials"');
  }
  const firstUse = new Map<string, KeyPath>();
  for (const [index, node] of nodes.entries()) {
    const path = ['nodes', index];
    const name = get(node, 'name');
    const earlier = typeof name === 'string' ? firstUse.get(name) : undefined;
    if (earlier !== undefined) {
      const message = `"name" is the name of the node in line ${lineOf(earlier)} already; make it unique`;
      yield value([...path, 'name'], message);
    } else if (typeof name === 'string') {
      firstUse.set(name, [...path, 'name']);
    }
    const credential = get(node, 'credential');
    if (typeof credential === 'string' && credentials.length > 0 && !credentials.includes(credential)) {
      yield value(
        [...path, 'credential'],
        `"credential" is not the name of a credential; ${suggestion(credential, credentials)}`,
      );
    }
    if (isMap(node) && credential === undefined && fallback === undefined && credentials.length > 1) {
      yield value(
        path,
        'this node does not say which credential it uses; add "credential: NAME" here or under "defaults"',
      );
    }
  }
}

function suggestion(word: string, known: readonly string[]): string {
  const meant = nearest(word, known);
  if (meant !== undefined) return `did you mean "${meant}"?`;
  return known.length === 0 ? 'none is configured' : `known are: ${known.join(', ')}`;
}

function key(path: KeyPath, message: string): Mistake {
  return { path, at: 'key', message };
}

function value(path: KeyPath, message: string): Mistake {
  return { path, at: 'value', message };
}

function isMap(data: unknown): data is Readonly<Record<string, unknown>> {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}

function get(data: unknown, name: string): unknown {
  return isMap(data) && Object.hasOwn(data, name) ? data[name] : undefined;
}

function entries(data: unknown): [string, unknown][] {
  return isMap(data) ? Object.entries(data) : [];
}

function items(data: unknown): readonly unknown[] {
  return Array.isArray(data) ? data : [];
}

function seconds(data: unknown): number | undefined {
  return typeof data === 'string' ? parseDuration(data) : undefined;
}
