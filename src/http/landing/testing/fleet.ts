import { EXEC_PHASES } from '../../../core/exec.js';
import type { FailureReason } from '../../../core/failure.js';
import type { Node } from '../../../inventory/node.js';
import { sketchNode } from '../../../inventory/testing/sketches.js';
import type { CollectorOutcome, ProbeOutcome } from '../../../scrape/outcome.js';

/** The exporter's clock in every test: 2026-03-01 02:47:11 UTC. */
export const NOW = Date.UTC(2026, 2, 1, 2, 47, 11);

const GIB = 2 ** 30;

type Sample = CollectorOutcome['samples'][number];

export function makeNode(name: string, changes: Partial<Node> = {}): Node {
  return sketchNode({ name, groups: ['edge'], labels: { region: 'fra' }, ...changes });
}

export function makeOutcome(node: string, changes: Partial<ProbeOutcome> = {}): ProbeOutcome {
  return {
    node,
    module: 'node',
    startedAt: NOW - 8_000,
    durationSeconds: 0.043,
    success: true,
    reason: 'none',
    message: '',
    connectionReused: true,
    phases: {
      ...(Object.fromEntries(EXEC_PHASES.map((phase) => [phase, 0])) as Record<
        (typeof EXEC_PHASES)[number],
        number
      >),
      parse: 0,
    },
    retryAfterSeconds: 0,
    collectors: [makeCollector('everything', healthySamples())],
    exchange: { command: '', exitCode: 0, stdout: '', stderr: '' },
    ...changes,
  };
}

export function makeFailure(
  node: string,
  reason: FailureReason,
  message = '',
  changes: Partial<ProbeOutcome> = {},
): ProbeOutcome {
  return makeOutcome(node, {
    success: false,
    reason,
    message,
    durationSeconds: 5.02,
    collectors: [],
    ...changes,
  });
}

export function makeCollector(collector: string, samples: readonly Sample[], message = ''): CollectorOutcome {
  return { collector, success: message === '', message, samples };
}

/** What a well node with two CPUs states, with `changes` of single values; undefined leaves one out. */
export function healthySamples(changes: Readonly<Record<string, number | undefined>> = {}): Sample[] {
  const root = { device: '/dev/vda1', mountpoint: '/', fstype: 'ext4' };
  const data = { device: '/dev/vdb', mountpoint: '/data', fstype: 'xfs' };
  const samples: Sample[] = [
    { metric: 'node_load1', value: 0.9 },
    { metric: 'node_memory_MemTotal_bytes', value: 16 * GIB },
    { metric: 'node_memory_MemAvailable_bytes', value: 10 * GIB },
    { metric: 'node_filesystem_size_bytes', labels: root, value: 40 * GIB },
    { metric: 'node_filesystem_avail_bytes', labels: root, value: 30 * GIB },
    { metric: 'node_filesystem_readonly', labels: root, value: 0 },
    { metric: 'node_filesystem_size_bytes', labels: data, value: 100 * GIB },
    { metric: 'node_filesystem_avail_bytes', labels: data, value: 38 * GIB },
    { metric: 'node_filesystem_readonly', labels: data, value: 0 },
    { metric: 'node_time_seconds', value: NOW / 1000 },
    { metric: 'node_boot_time_seconds', value: NOW / 1000 - 12 * 86_400 - 3 * 3_600 },
    { metric: 'pipe_node_detected', labels: { generation: 'testnet' }, value: 1 },
    { metric: 'pipe_node_http_up', labels: { generation: 'testnet' }, value: 1 },
    { metric: 'pipe_node_registered', value: 1 },
    { metric: 'pipe_node_cache_hits_total', labels: { tier: 'memory' }, value: 0 },
    { metric: 'pipe_node_cache_misses_total', labels: { tier: 'memory' }, value: 5_000 },
    { metric: 'pipe_node_cache_hits_total', labels: { tier: 'disk' }, value: 4_150 },
    { metric: 'pipe_node_cache_misses_total', labels: { tier: 'disk' }, value: 850 },
  ];
  for (const cpu of ['0', '1']) {
    for (const mode of ['user', 'system', 'idle']) {
      samples.push({ metric: 'node_cpu_seconds_total', labels: { cpu, mode }, value: 1_000 });
    }
  }
  const changed: Sample[] = [];
  for (const sample of samples) {
    const value = sample.metric in changes ? changes[sample.metric] : sample.value;
    if (value !== undefined) changed.push({ ...sample, value });
  }
  return changed;
}
