import type { MetricSpec, Sample } from '../collector.js';

/** Adds a sample; one without a value is not stated by the node, and left out. */
export type Add = (
  metric: string,
  value: number | undefined,
  labels?: Readonly<Record<string, string>>,
) => void;

/** A list to be filled. */
export function collectSamples(): { readonly samples: Sample[]; readonly add: Add } {
  const samples: Sample[] = [];
  const add: Add = (metric, value, labels = {}) => {
    if (value !== undefined) samples.push({ metric, labels, value });
  };
  return { samples, add };
}

/** A gauge that an endpoint or a file states. */
export function gauge(help: string, source: string, labels: readonly string[] = []): MetricSpec {
  return { type: 'gauge', help, labels, source };
}

/** A counter that an endpoint states. */
export function counter(help: string, source: string, labels: readonly string[]): MetricSpec {
  return { type: 'counter', help, labels, source };
}
