import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { failureReasons } from '../core/failure.js';
import type { PoolHealth, PoolObserver } from '../core/pool-observer.js';
import type { ProbeOutcome } from '../scrape/outcome.js';
import { LATENCIES } from './latencies.js';
import { createSshMetrics } from './ssh-metrics.js';

/** What the exporter reads of itself at each scrape of /metrics. */
export interface OwnState {
  readonly nodes: number;
  readonly probesInFlight: number;
  readonly connections: Readonly<Record<'dialing' | 'ready' | 'backoff', number>>;
  readonly ssh: PoolHealth;
}

/** Why a request is turned away: nobody knows who asks, that could not be found out, or too many ask. */
export const REFUSED_REASONS = ['unauthenticated', 'busy', 'rate'] as const;
export type RefusedReason = (typeof REFUSED_REASONS)[number];

/** The exporter's own metrics, never mixed with those of nodes. */
export interface OwnMetrics {
  readonly contentType: string;
  /** Counts what the pool does. */
  readonly ssh: PoolObserver;
  render(): Promise<string>;
  recordProbe(outcome: Pick<ProbeOutcome, 'module' | 'reason' | 'durationSeconds'>): void;
  recordJoined(): void;
  /** A question was answered by what had been answered to another one. */
  recordShared(): void;
  recordRejected(): void;
  /** A request was turned away before anybody looked at what it asks for. */
  recordRefused(reason: RefusedReason): void;
  /** A connection of a client was closed because of a limit. */
  recordConnectionClosed(): void;
  /** Something failed of which nobody took care. */
  recordUnhandled(): void;
  /** A load of the configuration ended; with success, these are its modules. */
  recordReload(success: boolean, modules?: Iterable<string>): void;
}

/**
 * @param version of pipefleet
 * @param state is read at each scrape, so that no gauge can be forgotten; it must not throw
 */
export function createOwnMetrics(version: string, state: () => OwnState): OwnMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  new Gauge({
    name: 'pipefleet_build_info',
    help: 'Version of pipefleet and of the Node.js that runs it; always 1.',
    labelNames: ['version', 'node_version'],
    registers,
  }).set({ version, node_version: process.version }, 1);
  new Gauge({
    name: 'pipefleet_nodes',
    help: 'Nodes in the configuration.',
    registers,
    collect() {
      this.set(state().nodes);
    },
  });
  new Gauge({
    name: 'pipefleet_probes_in_flight',
    help: 'Probes that run now.',
    registers,
    collect() {
      this.set(state().probesInFlight);
    },
  });
  new Gauge({
    name: 'pipefleet_ssh_connections',
    help: 'Nodes by state of their SSH connection.',
    labelNames: ['state'],
    registers,
    collect() {
      for (const [name, count] of Object.entries(state().connections)) this.set({ state: name }, count);
    },
  });
  const reloaded = new Gauge({
    name: 'pipefleet_config_last_reload_successful',
    help: 'Whether the last load of the configuration succeeded.',
    registers,
  });
  const reloadedAt = new Gauge({
    name: 'pipefleet_config_last_reload_success_timestamp_seconds',
    help: 'Unix time of the last successful load of the configuration.',
    registers,
  });
  const probes = new Counter({
    name: 'pipefleet_probes_total',
    help: 'Probes by module and outcome.',
    labelNames: ['module', 'reason'],
    registers,
  });
  const durations = new Histogram({
    name: 'pipefleet_probe_duration_seconds',
    help: 'Time that probes took, by module.',
    labelNames: ['module'],
    buckets: LATENCIES,
    registers,
  });
  const joined = new Counter({
    name: 'pipefleet_probes_joined_total',
    help: 'Questions that were answered by a probe that was already running.',
    registers,
  });
  const shared = new Counter({
    name: 'pipefleet_probes_shared_total',
    help: 'Questions that were answered by what a probe had answered before.',
    registers,
  });
  const rejected = new Counter({
    name: 'pipefleet_probes_rejected_total',
    help: 'Questions that were refused because as many probes ran as the limits allow.',
    registers,
  });
  const refused = new Counter({
    name: 'pipefleet_http_requests_refused_total',
    help: 'Requests that were turned away before anybody looked at what they ask for, by reason.',
    labelNames: ['reason'],
    registers,
  });
  for (const reason of REFUSED_REASONS) refused.inc({ reason }, 0);
  const connectionsClosed = new Counter({
    name: 'pipefleet_http_connections_closed_total',
    help: 'Client connections that were closed because there were too many, or because answers were not read.',
    registers,
  });
  const unhandled = new Counter({
    name: 'pipefleet_unhandled_errors_total',
    help: 'Errors that nobody took care of: each is a bug of pipefleet.',
    registers,
  });
  const ssh = createSshMetrics(registry, () => state().ssh);

  return {
    ssh,
    contentType: registry.contentType,
    render: () => registry.metrics(),
    recordProbe: ({ module, reason, durationSeconds }) => {
      probes.inc({ module, reason });
      durations.observe({ module }, durationSeconds);
    },
    recordJoined: () => joined.inc(),
    recordShared: () => shared.inc(),
    recordRejected: () => rejected.inc(),
    recordUnhandled: () => unhandled.inc(),
    recordRefused: (reason) => refused.inc({ reason }),
    recordConnectionClosed: () => connectionsClosed.inc(),
    recordReload: (success, modules = []) => {
      reloaded.set(Number(success));
      for (const module of modules) {
        // A counter that begins at its first failure hides that failure from increase().
        for (const reason of failureReasons) probes.inc({ module, reason }, 0);
      }
      if (success) reloadedAt.setToCurrentTime();
    },
  };
}
