import type { Collector, Sample } from '../collectors/collector.js';
import { failureReasons } from '../core/failure.js';
import type { Node } from '../inventory/node.js';
import type { ProbeOutcome } from '../scrape/outcome.js';
import { type Family, renderExposition } from './exposition.js';
import { PROBE_METRICS } from './probe-metrics.js';

/**
 * The answer to one `/probe`: what the probe says of itself, always complete, then what the collectors found.
 *
 * @param collectors whose promises (help, type, labels) are printed
 */
export function renderProbe(
  outcome: ProbeOutcome,
  location: Node['location'],
  collectors: readonly Collector[],
): string {
  return renderExposition([...probeFamilies(outcome, location), ...collectorFamilies(outcome, collectors)]);
}

function probeFamilies(outcome: ProbeOutcome, location: Node['location']): Family[] {
  const samples: Record<keyof typeof PROBE_METRICS, Omit<Sample, 'metric'>[]> = {
    probe_success: [{ value: Number(outcome.success) }],
    probe_duration_seconds: [{ value: outcome.durationSeconds }],
    probe_phase_duration_seconds: Object.entries(outcome.phases).map(([phase, value]) => ({
      labels: { phase },
      value,
    })),
    probe_connection_reused: [{ value: Number(outcome.connectionReused) }],
    probe_backoff_seconds: [{ value: outcome.retryAfterSeconds }],
    // Whoever gives it to another scraper later says how old it is by then.
    probe_answer_age_seconds: [{ value: 0 }],
    probe_failure_reason: failureReasons.map((reason) => ({
      labels: { reason },
      value: Number(reason === outcome.reason),
    })),
    probe_collector_success: outcome.collectors.map(({ collector, success }) => ({
      labels: { collector },
      value: Number(success),
    })),
    pipe_node_location_info:
      location === undefined
        ? []
        : [
            {
              labels: { latitude: String(location.latitude), longitude: String(location.longitude) },
              value: 1,
            },
          ],
  };
  return Object.entries(PROBE_METRICS).map(([name, spec]) => ({
    name,
    spec,
    samples: samples[name as keyof typeof PROBE_METRICS].map((sample) => ({ metric: name, ...sample })),
  }));
}

function* collectorFamilies(outcome: ProbeOutcome, collectors: readonly Collector[]): Generator<Family> {
  for (const { collector, samples } of outcome.collectors) {
    const promised = collectors.find(({ name }) => name === collector)?.metrics ?? {};
    let start = 0;
    for (let end = 1; end <= samples.length; end++) {
      const first = samples[start];
      const next = samples[end];
      if (first === undefined || (next !== undefined && isOneFamily(first, next))) continue;
      const { family, metric } = first;
      const spec = family ?? promised[metric];
      if (spec !== undefined)
        yield { name: family?.name ?? metric, spec, samples: samples.slice(start, end) };
      start = end;
    }
  }
}

function isOneFamily(one: Sample, other: Sample): boolean {
  if (one.family === undefined || other.family === undefined)
    return one.family === other.family && one.metric === other.metric;
  return one.family.name === other.family.name;
}
