import type { SoftwareSettings } from '../core/software.js';
import { ParseError } from './collector.js';
import type { Collector, MetricSpec, Sample } from './collector.js';
import { isRecord, readEndpoints } from './pipe-testnet-endpoints.js';
import type { Bodies, Json } from './pipe-testnet-endpoints.js';
import { ENDPOINTS, pipeTestnetScript } from './pipe-testnet-script.js';

const GENERATION = 'testnet';
const MEBIBYTE = 2 ** 20;
const GIBIBYTE = 2 ** 30;
const PORTS = 65_535;

/** Names come from the node's configuration: long ones are cut, invisible characters are dropped. */
const LABEL_LENGTH = 128;
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const TIERS = ['memory', 'disk'] as const;
type Tier = (typeof TIERS)[number];

/** Key of the window's maps under which the node counts its own traffic; all other keys are distributions. */
const OWN_KEY = /^pop-/;

const WINDOWED =
  'in the current window, which the node resets every 30 to 45 seconds: a gauge, never to be rated';

const gauge = (help: string, source: string, labels: readonly string[] = []): MetricSpec => ({
  type: 'gauge',
  help,
  labels,
  source,
});
const counter = (help: string, source: string, labels: readonly string[]): MetricSpec => ({
  type: 'counter',
  help,
  labels,
  source,
});

const HEALTH_OR_STATS = '/health, else /cache/stats';
const STATE_OR_STATS = '/state, else /cache/stats';

/** Series of the testnet generation, `pop` 0.3.x: what its own HTTP endpoints state. */
export const pipeTestnet: Collector = {
  name: 'pipe-testnet',
  module: 'node',
  summary:
    'The testnet node software `pop` 0.3.x, from the documented endpoints on its own loopback address.',
  metrics: {
    pipe_node_detected: gauge(
      '1 when the node software of the generation was found, by its files or by its answers, else 0.',
      '/opt/popcache, popcache.service, or any endpoint',
      ['generation'],
    ),
    pipe_node_info: gauge('Always 1; the labels are what the node calls itself.', '/state', [
      'generation',
      'pop_id',
      'pop_name',
      'pop_location',
    ]),
    pipe_node_http_up: gauge('1 when any documented endpoint answered recognisably, else 0.', 'any endpoint'),
    pipe_node_endpoint_up: gauge('1 when the endpoint answered recognisably, else 0.', 'the endpoint', [
      'endpoint',
    ]),
    pipe_node_health_ok: gauge(
      '1 when the node says that its status is ok, which tells that it lives and nothing more.',
      '/health',
    ),
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
    pipe_node_window_requests: gauge(`Requests served ${WINDOWED}.`, '/metrics'),
    pipe_node_window_egress_bytes: gauge(`Bytes sent for distributions ${WINDOWED}.`, '/metrics'),
    pipe_node_window_pop_egress_bytes: gauge(
      `Bytes sent that the node counts as its own ${WINDOWED}.`,
      '/metrics',
    ),
    pipe_node_window_bandwidth: gauge(
      `Bandwidth, in a unit that is not documented, ${WINDOWED}.`,
      '/metrics',
    ),
    pipe_node_window_origin_errors: gauge(`Errors of origins ${WINDOWED}.`, '/metrics'),
    pipe_node_window_distributions: gauge(`Distributions that had requests ${WINDOWED}.`, '/metrics'),
    pipe_node_window_cache_hit_ratio: gauge(
      `Share of requests answered from the cache, from 0 to 1, weighted by requests, ${WINDOWED}.`,
      '/metrics',
    ),
    pipe_node_window_kv_hits: gauge(`Hits of the key-value store ${WINDOWED}.`, '/metrics'),
    pipe_node_window_kv_misses: gauge(`Misses of the key-value store ${WINDOWED}.`, '/metrics'),
    pipe_node_window_kv_writes: gauge(`Writes of the key-value store ${WINDOWED}.`, '/metrics'),
    pipe_node_window_kv_proxy_success: gauge(
      `Requests of the key-value store that another node answered ${WINDOWED}.`,
      '/metrics',
    ),
    pipe_node_window_kv_proxy_failure: gauge(
      `Requests of the key-value store that another node did not answer ${WINDOWED}.`,
      '/metrics',
    ),
  },
  script: pipeTestnetScript,
  parse: ({ output, software }) => readNode(output, software),
};

type Add = (metric: string, value: number | undefined, labels?: Readonly<Record<string, string>>) => void;

function readNode(output: string, software: SoftwareSettings): Sample[] {
  const answers = readEndpoints(output);
  if (!answers.client) {
    throw new ParseError(
      'The node has neither curl nor wget, so its endpoints cannot be read: install one of them.',
    );
  }
  const { bodies } = answers;
  const samples: Sample[] = [];
  const add: Add = (metric, value, labels = {}) => {
    if (value !== undefined) samples.push({ metric, labels, value });
  };

  const detected = answers.installed || answers.unmistakable;
  add('pipe_node_detected', flag(detected), { generation: GENERATION });
  if (!detected) return samples;

  add('pipe_node_http_up', flag(bodies.size > 0));
  for (const endpoint of ENDPOINTS) {
    add('pipe_node_endpoint_up', flag(bodies.has(endpoint.name)), { endpoint: endpoint.name });
  }
  add('pipe_node_server_port_expected', software.httpsPort);
  const health = bodies.get('health');
  if (health !== undefined) add('pipe_node_health_ok', flag(health['status'] === 'ok'));
  add('pipe_node_uptime_seconds', amount(bodies.get('status')?.['uptime_seconds']));
  const state = bodies.get('state');
  if (state !== undefined) addState(add, state);
  addCaches(add, bodies);
  const window = bodies.get('metrics');
  if (window !== undefined) addWindow(add, window);
  return samples;
}

function addState(add: Add, state: Json): void {
  add('pipe_node_info', 1, {
    generation: GENERATION,
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

/** Each metric of the window is a map from a distribution to a number; an empty map is an idle window. */
function addWindow(add: Add, window: Json): void {
  const isDistribution = (key: string): boolean => !OWN_KEY.test(key);
  const sums: readonly [metric: string, key: string][] = [
    ['pipe_node_window_requests', 'requests'],
    ['pipe_node_window_egress_bytes', 'egress_bytes'],
    ['pipe_node_window_bandwidth', 'bandwidth'],
    ['pipe_node_window_origin_errors', 'origin_errors'],
    ['pipe_node_window_kv_hits', 'kv_hits'],
    ['pipe_node_window_kv_misses', 'kv_misses'],
    ['pipe_node_window_kv_writes', 'kv_writes'],
    ['pipe_node_window_kv_proxy_success', 'kv_proxy_success'],
    ['pipe_node_window_kv_proxy_failure', 'kv_proxy_failure'],
  ];
  for (const [metric, key] of sums) add(metric, sumOf(window[key], isDistribution));
  add(
    'pipe_node_window_pop_egress_bytes',
    sumOf(window['egress_bytes'], (key) => OWN_KEY.test(key)),
  );
  const { requests } = window;
  if (isRecord(requests)) {
    add('pipe_node_window_distributions', Object.keys(requests).filter(isDistribution).length);
    add('pipe_node_window_cache_hit_ratio', hitRatio(window['cache_hit_ratio'], requests));
  }
}

/** The mean of the ratios weighted by requests; undefined unless every distribution with a ratio states its requests. */
function hitRatio(ratios: unknown, requests: Json): number | undefined {
  if (!isRecord(ratios)) return undefined;
  let hits = 0;
  let total = 0;
  for (const [distribution, value] of Object.entries(ratios)) {
    const ratio = amount(value);
    const weight = Object.hasOwn(requests, distribution) ? amount(requests[distribution]) : undefined;
    if (ratio === undefined || ratio > 1 || weight === undefined) return undefined;
    hits += ratio * weight;
    total += weight;
  }
  return total > 0 ? Math.min(hits / total, 1) : undefined;
}

/** The sum over some keys of a map; undefined when it is no map or one of those values is no amount. */
function sumOf(map: unknown, wanted: (key: string) => boolean): number | undefined {
  if (!isRecord(map)) return undefined;
  let sum = 0;
  for (const [key, value] of Object.entries(map)) {
    if (!wanted(key)) continue;
    const part = amount(value);
    if (part === undefined) return undefined;
    sum += part;
  }
  return amount(sum);
}

/** A number that can be an amount: not negative, and exact. Nothing else that JSON can hold is taken for a number. */
function amount(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER ? value : undefined;
}

function whole(value: unknown): number | undefined {
  return Number.isInteger(value) ? amount(value) : undefined;
}

function scaled(value: unknown, unit: number): number | undefined {
  const units = amount(value);
  return units === undefined ? undefined : amount(units * unit);
}

function truth(value: unknown): number | undefined {
  return typeof value === 'boolean' ? flag(value) : undefined;
}

function flag(value: boolean): number {
  return value ? 1 : 0;
}

function child(parent: Json, key: string): Json {
  const value = parent[key];
  return isRecord(value) ? value : {};
}

function firstOf<T>(list: readonly T[], read: (item: T) => number | undefined): number | undefined {
  for (const item of list) {
    const value = read(item);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** A text for a label; empty, which Prometheus takes for absent, when the node states none. */
function labelValue(value: unknown): string {
  if (typeof value !== 'string') return '';
  return Array.from(value.replace(INVISIBLE, '')).slice(0, LABEL_LENGTH).join('');
}
