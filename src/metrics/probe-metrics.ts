import type { MetricSpec } from '../collectors/collector.js';

/** What every probe says of itself, whatever the node did. In order of exposition. */
export const PROBE_METRICS = {
  probe_success: { type: 'gauge', help: 'Whether the node answered the whole probe (1) or not (0).' },
  probe_duration_seconds: { type: 'gauge', help: 'Time that the probe took.' },
  probe_phase_duration_seconds: {
    type: 'gauge',
    help: 'Time by phase; 0 for a phase that a kept connection makes unnecessary or that was not reached.',
    labels: ['phase'],
  },
  probe_connection_reused: {
    type: 'gauge',
    help: 'Whether the probe used a connection that was already open.',
  },
  probe_backoff_seconds: {
    type: 'gauge',
    help: 'Time until the exporter will try to connect again, and until which probes fail at once; 0 when it does not wait.',
  },
  probe_answer_age_seconds: {
    type: 'gauge',
    help: 'Age of the answer; 0 for one that was asked for at this scrape, more where the module shares its answers.',
  },
  probe_failure_reason: {
    type: 'gauge',
    help: 'The reason of the outcome is 1, every other possible reason 0.',
    labels: ['reason'],
  },
  probe_collector_success: {
    type: 'gauge',
    help: 'Whether the collector could read its part of the output.',
    labels: ['collector'],
  },
  pipe_node_location_info: {
    type: 'gauge',
    help: 'Where the inventory says that the node is, in degrees; always 1.',
    labels: ['latitude', 'longitude'],
  },
} as const satisfies Record<string, MetricSpec>;
