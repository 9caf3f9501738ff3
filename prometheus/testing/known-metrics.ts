import type { Collector } from '../../src/collectors/collector.js';
import { COLLECTORS } from '../../src/collectors/registry.js';
import { COMPLETE_STATE } from '../../src/metrics/metrics-doc.js';
import { createOwnMetrics } from '../../src/metrics/own-metrics.js';
import { PROBE_METRICS } from '../../src/metrics/probe-metrics.js';
import { recordingRules } from './rule-files.js';

export type MetricType = 'gauge' | 'counter' | 'untyped';

/** What Prometheus writes itself. */
const WRITTEN_BY_PROMETHEUS: Readonly<Record<string, MetricType>> = {
  up: 'gauge',
  scrape_duration_seconds: 'gauge',
  scrape_samples_scraped: 'gauge',
  ALERTS: 'gauge',
  ALERTS_FOR_STATE: 'gauge',
};

/** What Prometheus and Alertmanager say of themselves, as far as we ask for it. A test compares it with running ones. */
export const SERVER_METRICS: Readonly<
  Record<'prometheus' | 'alertmanager', Readonly<Record<string, MetricType>>>
> = {
  prometheus: {
    prometheus_build_info: 'gauge',
    prometheus_config_last_reload_successful: 'gauge',
    prometheus_notifications_dropped_total: 'counter',
    prometheus_notifications_errors_total: 'counter',
    prometheus_notifications_sent_total: 'counter',
    prometheus_rule_evaluation_failures_total: 'counter',
    prometheus_rule_group_iterations_missed_total: 'counter',
    prometheus_rule_group_last_duration_seconds: 'gauge',
    prometheus_tsdb_head_series: 'gauge',
  },
  alertmanager: {
    alertmanager_config_last_reload_successful: 'gauge',
    alertmanager_notifications_failed_total: 'counter',
    alertmanager_notifications_total: 'counter',
  },
};

const TYPE_LINE = /^# TYPE (?<name>\S+) (?<type>gauge|counter|histogram)$/gm;

/** Every metric that a rule or a dashboard may ask for, with its type: what the exporter really has, and the recorded ones. */
export async function knownMetrics(): Promise<ReadonlyMap<string, MetricType>> {
  const known = new Map<string, MetricType>(Object.entries(WRITTEN_BY_PROMETHEUS));
  for (const metrics of Object.values(SERVER_METRICS)) {
    for (const [name, type] of Object.entries(metrics)) known.set(name, type);
  }
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
