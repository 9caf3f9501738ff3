import type { MetricSpec } from '../collector.js';
import { amount, isRecord, labelValue, type Json } from './json.js';
import { gauge, type Add } from './samples.js';

/** Distributions that get series of their own at most, whatever the inventory says. */
const MAX_DISTRIBUTIONS = 100;
/** Label of the sum of all distributions that have no series of their own. */
const OTHER = 'other';

/** Key of the window's maps under which the node counts its own traffic; all other keys are distributions. */
const OWN_KEY = /^pop-/;
const isDistribution = (key: string): boolean => !OWN_KEY.test(key);

const WINDOWED =
  'in the current window, which the node resets every 30 to 45 seconds: a gauge, never to be rated';
const BREAKDOWN = 'of the busiest distributions and of all others together';

const SUMS: readonly [metric: string, key: string][] = [
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

const BY_DISTRIBUTION: readonly [metric: string, key: string][] = [
  ['pipe_node_distribution_window_requests', 'requests'],
  ['pipe_node_distribution_window_egress_bytes', 'egress_bytes'],
  ['pipe_node_distribution_window_origin_errors', 'origin_errors'],
];

export const WINDOW_METRICS: Readonly<Record<string, MetricSpec>> = {
  pipe_node_window_requests: gauge(`Requests served ${WINDOWED}.`, '/metrics'),
  pipe_node_window_egress_bytes: gauge(`Bytes sent for distributions ${WINDOWED}.`, '/metrics'),
  pipe_node_window_pop_egress_bytes: gauge(
    `Bytes sent that the node counts as its own ${WINDOWED}.`,
    '/metrics',
  ),
  pipe_node_window_bandwidth: gauge(`Bandwidth, in a unit that is not documented, ${WINDOWED}.`, '/metrics'),
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
  pipe_node_distribution_window_requests: gauge(`Requests served, ${BREAKDOWN}, ${WINDOWED}.`, '/metrics', [
    'distribution',
  ]),
  pipe_node_distribution_window_egress_bytes: gauge(`Bytes sent, ${BREAKDOWN}, ${WINDOWED}.`, '/metrics', [
    'distribution',
  ]),
  pipe_node_distribution_window_origin_errors: gauge(
    `Errors of origins, ${BREAKDOWN}, ${WINDOWED}.`,
    '/metrics',
    ['distribution'],
  ),
  pipe_node_distribution_window_cache_hit_ratio: gauge(
    `Share of requests answered from the cache, from 0 to 1, ${BREAKDOWN}, ${WINDOWED}.`,
    '/metrics',
    ['distribution'],
  ),
};

/**
 * Each metric of the window is a map from a distribution to a number; an empty map is an idle window.
 *
 * @param distributions how many of the busiest get series of their own; their ids are those of the network's customers, and there is no
 *   end of them
 */
export function addWindow(add: Add, window: Json, distributions: number): void {
  for (const [metric, key] of SUMS) add(metric, sumOf(window[key], isDistribution));
  add(
    'pipe_node_window_pop_egress_bytes',
    sumOf(window['egress_bytes'], (key) => OWN_KEY.test(key)),
  );
  const { requests } = window;
  if (isRecord(requests)) {
    add('pipe_node_window_distributions', Object.keys(requests).filter(isDistribution).length);
    add(
      'pipe_node_window_cache_hit_ratio',
      hitRatio(window['cache_hit_ratio'], requests, () => true),
    );
  }
  if (distributions > 0) addDistributions(add, window, Math.min(distributions, MAX_DISTRIBUTIONS));
}

function addDistributions(add: Add, window: Json, limit: number): void {
  const requests = isRecord(window['requests']) ? window['requests'] : {};
  const busiest = rank(window, requests).slice(0, limit);
  // Two ids that look the same once they are labels, or one that looks like the sum, would be one series.
  const labels = new Map<string, string>();
  for (const id of busiest) {
    const label = labelValue(id);
    if (label !== '' && label !== OTHER && !labels.has(label)) labels.set(label, id);
  }
  const own = new Set(labels.values());
  const groups: [label: string, wanted: (id: string) => boolean][] = [...labels].map(([label, id]) => [
    label,
    (key) => key === id,
  ]);
  groups.push([OTHER, (key) => isDistribution(key) && !own.has(key)]);
  for (const [distribution, wanted] of groups) {
    for (const [metric, key] of BY_DISTRIBUTION) {
      const map = window[key];
      if (isRecord(map) && Object.keys(map).some(wanted)) add(metric, sumOf(map, wanted), { distribution });
    }
    const ratio = hitRatio(window['cache_hit_ratio'], requests, wanted);
    add('pipe_node_distribution_window_cache_hit_ratio', ratio, { distribution });
  }
}

/** Every distribution of the window, that with the most requests first; ties in the order of their names. */
function rank(window: Json, requests: Json): string[] {
  const maps = BY_DISTRIBUTION.map(([, key]) => window[key]).filter(isRecord);
  const ids = [...new Set(maps.flatMap((map) => Object.keys(map).filter(isDistribution)))];
  const busy = (id: string): number => (Object.hasOwn(requests, id) ? (amount(requests[id]) ?? 0) : 0);
  return ids.sort((a, b) => busy(b) - busy(a) || (a < b ? -1 : 1));
}

/** The mean of some ratios weighted by requests; undefined unless each of these distributions states its requests. */
function hitRatio(ratios: unknown, requests: Json, wanted: (key: string) => boolean): number | undefined {
  if (!isRecord(ratios)) return undefined;
  let hits = 0;
  let total = 0;
  for (const [distribution, value] of Object.entries(ratios)) {
    if (!wanted(distribution)) continue;
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
