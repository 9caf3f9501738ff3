import type { SoftwareSettings } from '../../core/software.js';
import type { MetricSpec } from '../collector.js';
import { NO_CLIENT, NOBODY_LISTENS, NOT_RECOGNISED, TOO_SLOW } from './http-client.js';
import { amount, child, labelValue, scaled, truth, whole, type Json } from './json.js';
import { counter, gauge, type Add } from './samples.js';
import { ENDPOINTS, type Bodies } from './testnet-bodies.js';
import { addWindow, WINDOW_METRICS } from './testnet-window.js';

const MEBIBYTE = 2 ** 20;
const GIBIBYTE = 2 ** 30;
const PORTS = 65_535;
const BODY_BYTES = 65_536;

const TIERS = ['memory', 'disk'] as const;
type Tier = (typeof TIERS)[number];

const HEALTH_OR_STATS = '/health, else /cache/stats';
const STATE_OR_STATS = '/state, else /cache/stats';

/** Words of answers that only this software gives, so that a page for every path on the same port does not end the search. */
const OWN_WORDS = `'"pop_id" "uptime_seconds" "disk_cache"'`;

/** Stands where answers would when something listens on the TLS port that only a client for TLS could ask. */
export const UNASKED = 'unasked';

/**
 * Asks `pop` 0.3.x. Plain HTTP comes first. When that gives nothing of this software at once, the TLS port is asked with TLS,
 * with whatever certificate since it is the loopback address, and then without: the software falls back to plain HTTP on that
 * port when it could not get a certificate. A server that keeps the client waiting is never followed by another attempt, so that a
 * hanging node costs 3 s and not 9.
 */
export function askTestnet({ httpPort, httpsPort }: SoftwareSettings): string {
  const paths = ENDPOINTS.map(({ path }) => path).join(' ');
  const ask = (scheme: string, port: number): string =>
    `h ${OWN_WORDS} ${BODY_BYTES} testnet ${scheme} ${port} ${paths}`;
  return `${ask('http', httpPort)}
case $? in
${NOT_RECOGNISED}|${NOBODY_LISTENS})
${ask('https', httpsPort)}
r=$?
case $r in
${NOT_RECOGNISED}|${NOBODY_LISTENS}|${NO_CLIENT})
${ask('http', httpsPort)}
case $r-$? in
${NO_CLIENT}-${NOT_RECOGNISED}|${NO_CLIENT}-${TOO_SLOW}) printf '\\n@%s ${UNASKED} https://127.0.0.1:${httpsPort}/\\n' "$T" ;;
esac ;;
esac ;;
esac`;
}

/**
 * Succeeds when `pop` 0.3.x itself answers on one of its ports: asked for its health alone. Other generations also have a program of that
 * name, and on their ports any path that is not theirs would be a customer's request.
 */
export function isTestnet({ httpPort, httpsPort }: SoftwareSettings): string {
  const ask = (scheme: string, port: number): string =>
    `h '"disk_cache"' ${BODY_BYTES} testnet ${scheme} ${port} /health`;
  return `{ ${ask('http', httpPort)} || { [ $? != ${TOO_SLOW} ] && ${ask('https', httpsPort)}; }; }`;
}

/** What `pop` 0.3.x states of itself beyond being there. */
export const TESTNET_METRICS: Readonly<Record<string, MetricSpec>> = {
  pipe_node_registered: gauge(
    '1 when the node has a registered identity and a usable pop_id, else 0.',
    '/state',
  ),
  pipe_node_rewards_enabled: gauge('1 when rewards are enabled on the node, else 0.', '/state'),
  pipe_node_local_mode: gauge(
    '1 when the node runs in local mode, apart from the network, else 0.',
    '/state',
  ),
  pipe_node_server_port: gauge('TLS port that the node has really bound.', '/state'),
  pipe_node_server_port_expected: gauge('TLS port that the inventory expects.', 'the inventory'),
  pipe_node_server_workers: gauge('Worker threads of the node, 0 when it chooses itself.', '/state'),
  pipe_node_uptime_seconds: gauge('Seconds since the node software started.', '/status'),
  pipe_node_cache_hits_total: counter('Cache hits since the node software started.', HEALTH_OR_STATS, [
    'tier',
  ]),
  pipe_node_cache_misses_total: counter('Cache misses since the node software started.', HEALTH_OR_STATS, [
    'tier',
  ]),
  pipe_node_cache_size_bytes: gauge('Bytes that the cache holds.', HEALTH_OR_STATS, ['tier']),
  pipe_node_cache_items: gauge('Items that the cache holds.', HEALTH_OR_STATS, ['tier']),
  pipe_node_cache_capacity_bytes: gauge('Bytes that the cache may hold.', STATE_OR_STATS, ['tier']),
  pipe_node_cache_default_ttl_seconds: gauge(
    'Seconds for which an item is kept when its origin does not say.',
    STATE_OR_STATS,
  ),
  ...WINDOW_METRICS,
};

/** The samples of {@link TESTNET_METRICS}, and the identity that the node states. */
export function addTestnet(add: Add, bodies: Bodies, software: SoftwareSettings): void {
  add('pipe_node_server_port_expected', software.httpsPort);
  add('pipe_node_uptime_seconds', amount(bodies.get('status')?.['uptime_seconds']));
  const state = bodies.get('state');
  if (state !== undefined) addState(add, state);
  addCaches(add, bodies);
  const window = bodies.get('metrics');
  if (window !== undefined) addWindow(add, window, software.distributions);
}

function addState(add: Add, state: Json): void {
  add('pipe_node_identity_info', 1, {
    generation: 'testnet',
    pop_id: labelValue(state['pop_id']),
    pop_name: labelValue(state['pop_name']),
    pop_location: labelValue(state['pop_location']),
  });
  add('pipe_node_registered', registered(state));
  add('pipe_node_rewards_enabled', truth(child(state, 'rewards_payment')['rewards_enabled']));
  add('pipe_node_local_mode', truth(state['is_local_mode']));
  const server = child(state, 'server');
  const port = whole(server['port']);
  add('pipe_node_server_port', port !== undefined && port > 0 && port <= PORTS ? port : undefined);
  add('pipe_node_server_workers', whole(server['workers']));
}

/** A pop_id of "0" or null is what a broken registration leaves behind, whatever the flag beside it says. */
function registered(state: Json): number | undefined {
  const popId = state['pop_id'];
  const identity = state['identity_registered'];
  if (identity === false || popId === null || popId === '0') return 0;
  return identity === true && typeof popId === 'string' && popId !== '' ? 1 : undefined;
}

function addCaches(add: Add, bodies: Bodies): void {
  const health = bodies.get('health') ?? {};
  const stats = bodies.get('cache_stats') ?? {};
  for (const tier of TIERS) {
    const first = child(health, `${tier}_cache`);
    const second = child(stats, `${tier}_cache`);
    const either = (key: string): number | undefined => whole(first[key]) ?? whole(second[key]);
    add('pipe_node_cache_hits_total', either('hits'), { tier });
    add('pipe_node_cache_misses_total', either('misses'), { tier });
    const size = whole(first['size_bytes']) ?? scaled(second['size_mb'], MEBIBYTE);
    add('pipe_node_cache_size_bytes', size, { tier });
    add('pipe_node_cache_items', either('items'), { tier });
  }
  const configs = [child(bodies.get('state') ?? {}, 'cache_config'), child(stats, 'cache_config')];
  const capacities: readonly [Tier, string, number][] = [
    ['memory', 'memory_cache_size_mb', MEBIBYTE],
    ['disk', 'disk_cache_size_gb', GIBIBYTE],
  ];
  for (const [tier, key, unit] of capacities) {
    add(
      'pipe_node_cache_capacity_bytes',
      firstOf(configs, (config) => scaled(config[key], unit)),
      { tier },
    );
  }
  add(
    'pipe_node_cache_default_ttl_seconds',
    firstOf(configs, (config) => amount(config['default_ttl_seconds'])),
  );
}

function firstOf<T>(list: readonly T[], read: (item: T) => number | undefined): number | undefined {
  for (const item of list) {
    const value = read(item);
    if (value !== undefined) return value;
  }
  return undefined;
}
