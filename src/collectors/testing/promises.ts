import { expect } from '@jest/globals';
import type { Collector, Sample } from '../collector.js';

/** Only promised metrics, each with exactly the promised labels and a real number, and no series twice. */
export function expectPromised(collector: Collector, samples: readonly Sample[]): void {
  const broken: unknown[] = [];
  const series = new Set<string>();
  for (const sample of samples) {
    const { metric, labels = {}, value } = sample;
    const names = Object.hasOwn(collector.metrics, metric)
      ? (collector.metrics[metric]?.labels ?? [])
      : undefined;
    const identity = JSON.stringify([metric, labels]);
    const kept =
      names?.join() === Object.keys(labels).join() &&
      Object.values(labels).every((label) => typeof label === 'string') &&
      Number.isFinite(value) &&
      !series.has(identity);
    if (!kept) broken.push(sample);
    series.add(identity);
  }
  expect(broken).toEqual([]);
}
