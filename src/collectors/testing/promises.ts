import { expect } from '@jest/globals';
import type { Collector, Sample } from '../collector.js';

const METRIC_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const LABEL_NAME = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;
/** Names of which what a node passes on may have none. */
const OURS = /^(?:node_|pipe_node_|pipe_audit_|probe_|pipefleet_|scrape_|up$|ALERTS)/;

/**
 * Only promised metrics, each with exactly the promised labels and a real number, and no series twice. What is passed on has names that
 * Prometheus takes and that are nobody else's.
 */
export function expectPromised(collector: Collector, samples: readonly Sample[]): void {
  const broken: unknown[] = [];
  const series = new Set<string>();
  for (const sample of samples) {
    const { metric, labels = {} } = sample;
    const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
    const identity = JSON.stringify([metric, sorted]);
    const kept =
      Object.values(labels).every((label) => typeof label === 'string') &&
      !series.has(identity) &&
      (sample.family === undefined ? isPromised(collector, sample) : isPassable(sample));
    if (!kept) broken.push(sample);
    series.add(identity);
  }
  expect(broken).toEqual([]);
}

function isPromised({ metrics }: Collector, { metric, labels = {}, value }: Sample): boolean {
  const names = Object.hasOwn(metrics, metric) ? (metrics[metric]?.labels ?? []) : undefined;
  return names?.join() === Object.keys(labels).join() && Number.isFinite(value);
}

function isPassable({ metric, labels = {}, family }: Sample): boolean {
  return (
    [metric, family?.name ?? ''].every((name) => METRIC_NAME.test(name) && !OURS.test(name)) &&
    Object.entries(labels).every(([name, value]) => LABEL_NAME.test(name) && value !== '')
  );
}
