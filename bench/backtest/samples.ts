import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { between, chance } from '../../src/sim/random.js';
import { demandAt, faultsAt, type Fleet, type SimNode } from './fleet.js';

const GB = 1e9;
const HOUR = 3600;
const DISK = 100 * GB;
const CACHE_DISK = 500 * GB;
const MEMORY = 16 * GB;
const OBJECT_BYTES = 100_000;

/** What adds up over time. */
interface Totals {
  sent: number;
  hits: number;
  misses: number;
  rootUsed: number;
  cacheSize: number;
  memoryUsed: number;
}

/** Writes what Prometheus would have scraped of the fleet, in the OpenMetrics text format. */
export async function writeSamples(path: string, fleet: Fleet): Promise<void> {
  const out = createWriteStream(path);
  for (const node of fleet.nodes) {
    const totals: Totals = {
      sent: 0,
      hits: 0,
      misses: 0,
      rootUsed: between(55, 65, fleet.seed, node.name, 'root') * GB,
      cacheSize: between(20, 350, fleet.seed, node.name, 'cache') * GB,
      memoryUsed: between(5, 10, fleet.seed, node.name, 'memory') * GB,
    };
    for (let at = node.since; at <= fleet.end; at += fleet.stepSeconds) {
      advance(totals, fleet, node, at);
      // One scrape in two hundred is lost.
      if (chance(fleet.seed, node.name, at, 'lost') < 0.005) continue;
      if (!out.write(scrape(totals, fleet, node, at))) await once(out, 'drain');
    }
  }
  out.end('# EOF\n');
  await once(out, 'finish');
}

function advance(totals: Totals, fleet: Fleet, node: SimNode, at: number): void {
  const { stepSeconds } = fleet;
  const faults = faultsAt(fleet, node.name, at);
  const has = (kind: string): boolean => faults.some((fault) => fault.kind === kind);
  const restarted = fleet.events.some(
    (event) =>
      event.kind === 'restart' && event.node === node.name && Math.abs(event.at - at) < stepSeconds / 2,
  );
  if (restarted) [totals.hits, totals.misses] = [0, 0];

  const bytes = node.traffic * demandAt(fleet, node, at) * stepSeconds;
  totals.sent += bytes;
  const requests = bytes / OBJECT_BYTES;
  const ratio = has('hits_lost') ? node.hits * 0.35 : node.hits * afterPurge(fleet, at);
  totals.hits += requests * ratio;
  totals.misses += requests * (1 - ratio);
  totals.cacheSize = Math.min(cacheCapacity(fleet, node, at), totals.cacheSize + bytes * (1 - ratio) * 0.3);

  // Logs grow, and are rotated at midnight; downloads come and are deleted; leaks do not end.
  totals.rootUsed += (0.02 * GB * stepSeconds) / HOUR;
  if (at % 86_400 < stepSeconds) totals.rootUsed -= 0.48 * GB;
  for (const event of fleet.events) {
    if (event.kind !== 'download' || event.node !== node.name) continue;
    if (at >= event.from && at < event.until) totals.rootUsed += (4 * GB * stepSeconds) / HOUR;
    if (Math.abs(at - event.until) < stepSeconds / 2)
      totals.rootUsed -= (4 * GB * (event.until - event.from)) / HOUR;
  }
  if (has('disk_leak')) totals.rootUsed += (2 * GB * stepSeconds) / HOUR;
  if (has('disk_leak_slow')) totals.rootUsed += (0.75 * GB * stepSeconds) / HOUR;
  totals.rootUsed = Math.min(totals.rootUsed, DISK);

  if (has('memory_leak')) totals.memoryUsed += (0.6 * GB * stepSeconds) / HOUR;
  totals.memoryUsed = Math.min(totals.memoryUsed, MEMORY * 0.99);
}

/** A cache that was purged hits half as much, and recovers within hours. */
function afterPurge({ events }: Fleet, at: number): number {
  const since = events.flatMap((event) => (event.kind === 'purge' && at >= event.at ? [at - event.at] : []));
  return since.length === 0 ? 1 : 1 - 0.5 * Math.exp(-Math.min(...since) / (2 * HOUR));
}

function cacheCapacity(fleet: Fleet, node: SimNode, at: number): number {
  return faultsAt(fleet, node.name, at).some(({ kind }) => kind === 'cache_too_large') ? 600 * GB : 400 * GB;
}

function scrape(totals: Totals, fleet: Fleet, node: SimNode, at: number): string {
  // Down for twenty minutes of each hour.
  const isDown = faultsAt(fleet, node.name, at).some(
    ({ kind, from }) => kind === 'outages' && (at - from) % HOUR < 1200,
  );
  const labels = `job="pipe-node",instance="${node.name}",region="${node.region}",simulated="true"`;
  const lines: string[] = [];
  const add = (metric: string, value: number, more = ''): void => {
    lines.push(`${metric}{${more}${labels}} ${Number(value.toPrecision(12))} ${at}\n`);
  };
  add('up', 1);
  add('probe_success', Number(!isDown));
  if (isDown) return lines.join('');
  add('pipe_node_http_up', 1, 'generation="testnet",');
  add('node_network_transmit_bytes_total', totals.sent, 'device="eth0",');
  add('pipe_node_cache_hits_total', totals.hits, 'tier="disk",');
  add('pipe_node_cache_misses_total', totals.misses, 'tier="disk",');
  add('pipe_node_cache_size_bytes', totals.cacheSize, 'tier="disk",');
  add('pipe_node_cache_capacity_bytes', cacheCapacity(fleet, node, at), 'tier="disk",');
  for (const [mountpoint, size, used] of [
    ['/', DISK, totals.rootUsed],
    ['/opt/popcache', CACHE_DISK, totals.cacheSize + 5 * GB],
  ] as const) {
    const place = `mountpoint="${mountpoint}",device="/dev/x",fstype="ext4",device_error="",`;
    add('node_filesystem_size_bytes', size, place);
    add('node_filesystem_free_bytes', size - used, place);
    add('node_filesystem_avail_bytes', size - used, place);
    add('node_filesystem_readonly', 0, place);
  }
  const jitter = 0.3 * GB * chance(fleet.seed, node.name, at, 'memory');
  add('node_memory_MemTotal_bytes', MEMORY);
  add('node_memory_MemAvailable_bytes', MEMORY - totals.memoryUsed - jitter);
  const inventory = labels.replace('pipe-node', 'pipe-inventory');
  lines.push(`pipe_node_data_filesystem_size_bytes{generation="testnet",${inventory}} ${CACHE_DISK} ${at}\n`);
  return lines.join('');
}
