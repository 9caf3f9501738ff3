import { expect, test } from '@jest/globals';
import type { MetricSpec } from '../collectors/collector.js';
import { COLLECTORS } from '../collectors/registry.js';
import { PROBE_METRICS } from '../metrics/probe-metrics.js';
import { labelNameMistake, SERIES_LABELS } from './names.js';

/** Labels of alerts, histograms and summaries, which no metric of a node names in its description. */
const OF_PROMETHEUS = ['alertname', 'alertstate', 'le', 'quantile', 'severity'];

test('no node may take a label from the metrics: the list has every label of theirs, sorted', () => {
  const specs: MetricSpec[] = COLLECTORS.flatMap(({ metrics }) => Object.values(metrics));
  specs.push(...Object.values<MetricSpec>(PROBE_METRICS));
  const labels = new Set([...OF_PROMETHEUS, ...specs.flatMap(({ labels: names = [] }) => names)]);
  expect(SERIES_LABELS).toEqual([...labels].sort());
});

test('labels that tell nodes apart stay free', () => {
  for (const label of ['region', 'provider', 'simulated', 'customer'])
    expect(labelNameMistake(label)).toBeUndefined();
});
