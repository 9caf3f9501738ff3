import { isRecord, readJson, type Json } from './json.js';
import type { Answer } from './read-answers.js';

/**
 * The endpoints of the testnet node software that may be asked, in the order of asking. Any other path is taken for traffic of a
 * customer and makes the node query the network's control plane.
 */
export const ENDPOINTS = [
  { name: 'health', path: '/health' },
  { name: 'state', path: '/state' },
  { name: 'status', path: '/status' },
  { name: 'metrics', path: '/metrics' },
  { name: 'cache_stats', path: '/cache/stats' },
] as const;

export type Endpoint = (typeof ENDPOINTS)[number]['name'];

/** The bodies of the endpoints that answered recognisably. */
export type Bodies = ReadonlyMap<Endpoint, Json>;

export interface TestnetAnswers {
  readonly bodies: Bodies;
  /** HTTP status of each endpoint that answered HTTP at all. */
  readonly statuses: ReadonlyMap<Endpoint, number>;
  /** An answer that no other software gives, so that it proves the software without its files. */
  readonly unmistakable: boolean;
}

const OK = 200;
const TIER_KEYS = ['memory_cache', 'disk_cache'];
const WINDOW_KEYS = ['requests', 'egress_bytes', 'bandwidth', 'cache_hit_ratio', 'origin_errors'];

/**
 * What each endpoint's body has at least. `own` holds for a body that only this software gives; many programs have a
 * /health with a `status`.
 */
const SHAPES: Readonly<Record<Endpoint, { is(body: Json): boolean; own(body: Json): boolean }>> = {
  health: {
    is: (body) => typeof body['status'] === 'string',
    own: (body) => TIER_KEYS.some((key) => isRecord(body[key])),
  },
  state: { is: (body) => 'pop_id' in body, own: () => true },
  status: { is: (body) => typeof body['uptime_seconds'] === 'number', own: () => false },
  metrics: {
    is: (body) => WINDOW_KEYS.some((key) => isRecord(body[key])),
    own: (body) => isRecord(body['egress_bytes']),
  },
  cache_stats: {
    is: (body) => [...TIER_KEYS, 'cache_config'].some((key) => isRecord(body[key])),
    own: () => true,
  },
};

/**
 * Recognises the answers of the testnet software. A body that is no JSON, or not that of its endpoint, counts as no answer.
 * Of several servers that were asked, the first that was recognised speaks for an endpoint.
 */
export function readTestnetAnswers(answers: readonly Answer[]): TestnetAnswers {
  const bodies = new Map<Endpoint, Json>();
  const statuses = new Map<Endpoint, number>();
  let unmistakable = false;
  for (const { path, status, body: text } of answers) {
    const endpoint = ENDPOINTS.find((known) => known.path === path)?.name;
    if (endpoint === undefined || status === undefined || bodies.has(endpoint)) continue;
    statuses.set(endpoint, status);
    const body = status === OK ? readJson(text) : undefined;
    if (body === undefined || !SHAPES[endpoint].is(body)) continue;
    bodies.set(endpoint, body);
    unmistakable ||= SHAPES[endpoint].own(body);
  }
  return { bodies, statuses, unmistakable };
}
