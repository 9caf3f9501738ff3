import type { Sample } from '../collectors/collector.js';
import { detach } from '../core/detach.js';
import type { ProbeOutcome } from './outcome.js';

/**
 * The newest outcome of each node, for the landing page. It is a convenience that a restart forgets, never a source of metrics.
 * Only the samples that the page shows are kept, and nothing of the exchange, so that a thousand nodes cost little memory.
 */
export interface LastSeen {
  readonly outcomes: ReadonlyMap<string, ProbeOutcome>;
  record(outcome: ProbeOutcome): void;
  /** Forgets the nodes that are not among these names. */
  retain(names: ReadonlySet<string>): void;
}

/**
 * @param module whose outcomes are kept
 * @param keeps which samples are kept
 */
export function createLastSeen(module: string, keeps: (sample: Sample) => boolean): LastSeen {
  const outcomes = new Map<string, ProbeOutcome>();
  return {
    outcomes,
    record: (outcome) => {
      if (outcome.module !== module) return;
      const collectors = outcome.collectors.map(({ collector, success, message, samples }) => ({
        ...{ collector, success, message },
        samples: samples.some(keeps) ? samples.filter(keeps).map(detachLabels) : NONE,
      }));
      const exchange = { command: '', exitCode: outcome.exchange.exitCode, stdout: '', stderr: '' };
      outcomes.set(outcome.node, { ...outcome, collectors, exchange });
    },
    retain: (names) => {
      for (const name of outcomes.keys()) {
        if (!names.has(name)) outcomes.delete(name);
      }
    },
  };
}

/** Of most collectors nothing is kept, and a list for each would add up. */
const NONE: readonly Sample[] = [];

/** The labels are cut from the node's whole answer, which they would keep in memory. */
function detachLabels(sample: Sample): Sample {
  if (sample.labels === undefined) return sample;
  const labels = Object.entries(sample.labels).map(([name, value]) => [name, detach(value)] as const);
  return { ...sample, labels: Object.fromEntries(labels) };
}
