import type { Collector } from '../../src/collectors/collector.js';
import { COLLECTORS } from '../../src/collectors/registry.js';
import { COMPLETE_STATE } from '../../src/metrics/metrics-doc.js';
import { createOwnMetrics } from '../../src/metrics/own-metrics.js';
import { PROBE_METRICS } from '../../src/metrics/probe-metrics.js';
import { recordingRules } from './rule-files.js';

export type MetricType = 'gauge' | 'counter' | 'untyped';

/** What Prometheus writes itself. */
const PROMETHEUS_METRICS: Readonly<Record<string, MetricType>> = { up: 'gauge', ALERTS: 'gauge' };

const TYPE_LINE = /^# TYPE (?<name>\S+) (?<type>gauge|counter|histogram)$/gm;

/** Every metric that a rule or a dashboard may ask for, with its type: what the exporter really has, and the recorded ones. */
export async function knownMetrics(): Promise<ReadonlyMap<string, MetricType>> {
  const known = new Map<string, MetricType>(Object.entries(PROMETHEUS_METRICS));
  const documented: readonly Pick<Collector, 'metrics'>[] = [...COLLECTORS, { metrics: PROBE_METRICS }];
  for (const { metrics } of documented) {
    for (const [name, { type }] of Object.entries(metrics)) known.set(name, type);
  }
  for (const [name, type] of await ownMetrics()) known.set(name, type);
  for (const { record } of recordingRules()) known.set(record, 'gauge');
  return known;
}

async function ownMetrics(): Promise<[name: string, type: MetricType][]> {
  const exposition = await createOwnMetrics('0.0.0', () => COMPLETE_STATE).render();
  const found: [string, MetricType][] = [];
  for (const { groups } of exposition.matchAll(TYPE_LINE)) {
    const name = groups?.['name'] ?? '';
    if (groups?.['type'] === 'histogram') {
      for (const part of ['bucket', 'count', 'sum']) found.push([`${name}_${part}`, 'counter']);
    } else {
      found.push([name, groups?.['type'] === 'counter' ? 'counter' : 'gauge']);
    }
  }
  return found;
}
