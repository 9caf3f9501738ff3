import type { NodeState, SoftwareState, WindowState } from '../node-state.js';
import type { NodeProfile } from '../profile.js';
import type { Renderer } from './renderer.js';

const HTTP = 'http://127.0.0.1:80';
const HTTPS = 'https://127.0.0.1:443';
const PATHS = ['/health', '/state', '/status', '/metrics', '/cache/stats'] as const;
const MEBIBYTE = 2 ** 20;
/** A base58 text of the length of a public key, which no wallet has. */
const WALLET = 'Simu1ated11111111111111111111111111111111111';
/** Bytes of the node's own traffic a request. */
const OWN_BYTES = 93;
/** Maps of a window that version 0.3.1 does not have yet begin so. */
const KEY_VALUE_STORE = 'kv_';

/** What the script of the collector `pipe-node` prints on a node with bash and curl. Bodies have the form of `pop` 0.3.2. */
export const pipeNode: Renderer = (state, profile, token) => {
  const { startSeconds } = state.software;
  const head = `${token}\ngenerations testnet\nprocess ${startSeconds === undefined ? 0 : 1}\nplain bash\n\n`;
  if (startSeconds === undefined) {
    // Nobody listens: bash prints nothing, and curl its marks alone.
    return head + PATHS.map((path) => `\n@${token} testnet ${HTTPS}${path}\n`).join('');
  }
  const bodies: Readonly<Record<(typeof PATHS)[number], string>> = {
    '/health': health(state.software, profile),
    '/state': identity(state.software, profile),
    '/status': JSON.stringify({ status: 'ok', uptime_seconds: Math.floor(state.seconds - startSeconds) }),
    '/metrics': metrics(state, profile),
    '/cache/stats': cacheStats(state.software, profile),
  };
  let text = head;
  for (const path of PATHS) text += `${answer(bodies[path])}\n@${token} testnet ${HTTP}${path}\n`;
  return text;
};

/** What the script of the collector `pipe-native` prints where there is no software of mainnet. */
export const pipeNative: Renderer = (_state, _profile, token) =>
  `${token}\ngenerations testnet\nplain bash\n\n`;

function answer(body: string): string {
  return `HTTP/1.0 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** The memory tier of the real software counts every request as a miss, and so does this one. */
function tiersOf(
  { memoryCacheBytes, diskCacheBytes, hits, misses }: SoftwareState,
  { objectBytes }: NodeProfile,
) {
  return {
    memory: {
      bytes: Math.floor(memoryCacheBytes),
      items: Math.floor(memoryCacheBytes / objectBytes),
      hits: 0,
      misses: Math.floor(hits) + Math.floor(misses),
    },
    disk: {
      bytes: Math.floor(diskCacheBytes),
      items: Math.floor(diskCacheBytes / objectBytes),
      hits: Math.floor(hits),
      misses: Math.floor(misses),
    },
  } as const;
}

type Tier = ReturnType<typeof tiersOf>['memory' | 'disk'];

function health(software: SoftwareState, profile: NodeProfile): string {
  const { memory, disk } = tiersOf(software, profile);
  const tier = ({ bytes, items, hits, misses }: Tier) => ({ size_bytes: bytes, items, hits, misses });
  return JSON.stringify({ status: 'ok', memory_cache: tier(memory), disk_cache: tier(disk) });
}

function identity({ registered, port }: SoftwareState, profile: NodeProfile): string {
  return JSON.stringify({
    pop_id: registered ? profile.popId : '0',
    pop_name: profile.popName,
    pop_location: profile.popLocation,
    is_local_mode: false,
    identity_id: registered ? profile.popId : '0',
    identity_registered: registered,
    hardware_signature: profile.hardwareSignature,
    rewards_payment: { solana_pubkey: WALLET, rewards_enabled: true },
    server: { host: '0.0.0.0', port, workers: profile.workers, disable_strict_transport_security: false },
    cache_config: {
      memory_cache_size_mb: profile.memoryCacheMegabytes,
      disk_cache_path: './cache',
      disk_cache_size_gb: profile.diskCacheGigabytes,
      default_ttl_seconds: 86_400,
      respect_origin_headers: true,
      max_cacheable_size_mb: 1_024,
    },
    api_endpoints: { base_url: 'https://dataplane2.pipenetwork.com' },
  });
}

/** The window since the last push: maps from distribution to number, empty where nothing happened. */
function metrics({ software }: NodeState, profile: NodeProfile): string {
  const busy = profile.distributions
    .map(({ id, share }) => ({ id, counts: countsOf(software.window, share) }))
    .filter(({ counts }) => counts.requests > 0);
  const map = (read: (counts: WindowCounts) => number): string[] =>
    busy.filter(({ counts }) => read(counts) > 0).map(({ id, counts }) => entry(id, read(counts)));
  const own = busy.reduce((sum, { counts }) => sum + counts.requests, 0) * OWN_BYTES;
  const ownKey = `pop-${software.registered ? profile.popId : '0'}`;
  const maps: Readonly<Record<string, readonly string[]>> = {
    egress_bytes: [...map(({ egress }) => egress), ...(own > 0 ? [entry(ownKey, own)] : [])],
    origin_errors: map(({ misses }) => Math.floor(misses * 0.03)),
    kv_proxy_latency_avg: map(({ kvReads }) => (kvReads > 0 ? 3.25 : 0)),
    requests: map(({ requests }) => requests),
    kv_proxy_success: map(({ kvReads }) => Math.floor(kvReads * 0.2)),
    kv_writes: map(({ kvReads }) => Math.floor(kvReads * 0.3)),
    kv_misses: map(({ kvReads }) => Math.floor(kvReads * 0.2)),
    bandwidth: map(({ egress }) => egress),
    cache_hit_ratio: map(({ requests, misses }) => 1 - misses / requests),
    kv_hits: map(({ kvReads }) => Math.floor(kvReads * 0.8)),
    kv_proxy_failure: [],
    kv_write_latency_avg: map(({ kvReads }) => (kvReads > 3 ? 7.5 : 0)),
  };
  const known = Object.entries(maps).filter(
    ([name]) => profile.version !== '0.3.1' || !name.startsWith(KEY_VALUE_STORE),
  );
  const members = known.map(([name, entries]) => `"${name}":{${entries.join(',')}}`);
  return `{${members.join(',')}}`;
}

interface WindowCounts {
  readonly requests: number;
  readonly misses: number;
  readonly egress: number;
  readonly kvReads: number;
}

function countsOf({ hits, misses, egressBytes }: WindowState, share: number): WindowCounts {
  const requests = Math.floor((hits + misses) * share);
  return {
    requests,
    misses: Math.min(requests, Math.floor(misses * share)),
    egress: Math.floor(egressBytes * share),
    kvReads: Math.floor(requests * 0.06),
  };
}

function cacheStats(software: SoftwareState, profile: NodeProfile): string {
  const { memory, disk } = tiersOf(software, profile);
  const tier = ({ bytes, items, hits, misses }: Tier): string => {
    const percent = hits + misses > 0 ? (100 * hits) / (hits + misses) : 0;
    return `{"size_mb":${float(bytes / MEBIBYTE)},"items":${items},"hits":${hits},"misses":${misses},"hit_rate_percent":${float(percent)}}`;
  };
  const config = JSON.stringify({
    memory_cache_size_mb: profile.memoryCacheMegabytes,
    disk_cache_path: './cache',
    disk_cache_size_gb: profile.diskCacheGigabytes,
    default_ttl_seconds: 86_400,
  });
  const prefetch = JSON.stringify({ concurrent_prefetch_limit: 64, segments_ahead: 60, segments_back: 5 });
  return `{"memory_cache":${tier(memory)},"disk_cache":${tier(disk)},"cache_config":${config},"prefetch_config":${prefetch}}`;
}

function entry(key: string, value: number): string {
  return `"${key}":${float(value)}`;
}

/** A float as the real software prints it: always with a fraction. */
function float(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}
