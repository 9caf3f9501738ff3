import { purposes, type Purpose } from '../core/purpose.js';
import { defaultCredential } from './default-credential.js';
import type { KeyPath } from './diagnostics.js';
import { entries, get, isMap, items, suggestion, value } from './rule-tools.js';
import type { Mistake } from './sentences.js';

interface Known {
  readonly name: string;
  readonly purpose: Purpose;
}

/** Who logs in with which credential: nodes with one for monitoring, jump hosts with any. */
export function* credentialUseRules(data: unknown): Generator<Mistake> {
  const written = get(data, 'credentials');
  const known = entries(written).map(([name, credential]) => ({ name, purpose: purposeOf(credential) }));
  const fallback = get(get(data, 'defaults'), 'credential');
  yield* referenceRules(['defaults', 'credential'], fallback, 'node', known);

  const nodes = items(get(data, 'nodes')).map((node, index) => [['nodes', index], node] as const);
  const hosts = entries(get(data, 'jump_hosts')).map(([name, host]) => [['jump_hosts', name], host] as const);
  if (known.length === 0) {
    const [section, users] = nodes.length > 0 ? ['nodes', 'nodes'] : ['jump_hosts', 'jump hosts'];
    if (nodes.length + hosts.length > 0 && isMap(written ?? {}))
      yield value([section], `no credential is there for these ${users}; add one under "credentials"`);
    return;
  }
  const forMonitoring = known.some(({ purpose }) => purpose === 'monitor');
  const undecided = fallback === undefined && defaultCredential(undefined, known) === undefined;
  if (!forMonitoring && fallback === undefined && nodes.some(([, node]) => namesNone(node))) {
    const mend = 'add one with "purpose: monitor" under "credentials"';
    yield value(['nodes'], `no credential for monitoring is there for these nodes; ${mend}`);
  }
  for (const [path, node] of nodes) {
    if (undecided && forMonitoring && namesNone(node)) yield undecidedMistake(path, 'node');
    yield* referenceRules([...path, 'credential'], get(node, 'credential'), 'node', known);
  }
  for (const [path, host] of hosts) {
    if (undecided && namesNone(host)) yield undecidedMistake(path, 'jump host');
    yield* referenceRules([...path, 'credential'], get(host, 'credential'), 'jump host', known);
  }
}

function* referenceRules(
  path: KeyPath,
  name: unknown,
  user: 'node' | 'jump host',
  known: readonly Known[],
): Generator<Mistake> {
  if (typeof name !== 'string') return;
  const found = known.find((credential) => credential.name === name);
  if (found === undefined) {
    const names = known.map((credential) => credential.name);
    yield value(path, `"credential" is not the name of a credential; ${suggestion(name, names)}`);
  } else if (user === 'node' && found.purpose !== 'monitor') {
    yield value(path, '"credential" is not for monitoring; name one whose "purpose" is monitor');
  }
}

function namesNone(user: unknown): boolean {
  return isMap(user) && get(user, 'credential') === undefined;
}

function undecidedMistake(path: KeyPath, user: string): Mistake {
  const mend = 'add "credential: NAME" here or under "defaults"';
  return value(path, `this ${user} does not say which credential it uses; ${mend}`);
}

/** What is no purpose is told by the schema, and taken for the default here. */
function purposeOf(credential: unknown): Purpose {
  const written = get(credential, 'purpose');
  return purposes.find((purpose) => purpose === written) ?? 'monitor';
}
