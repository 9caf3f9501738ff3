import type { FleetViewInput } from '../fleet-view.js';
import type { ProbeOutcome } from '../../../scrape/outcome.js';
import { healthySamples, makeCollector, makeFailure, makeNode, makeOutcome, NOW } from './fleet.js';

const REGIONS = ['fra', 'ams', 'iad', 'sin', 'gru', 'nrt'];

/** A fleet of `size` nodes in which something of every kind happens; the same for the same size. */
export function makeFleet(size: number): FleetViewInput {
  const nodes = [];
  const outcomes = new Map<string, ProbeOutcome>();
  for (let index = 0; index < size; index += 1) {
    const region = REGIONS[index % REGIONS.length] ?? '';
    const name = `${region}-${Math.floor(index / REGIONS.length) + 1}`;
    const groups = index % 4 === 0 ? ['edge', 'canary'] : ['edge'];
    nodes.push(makeNode(name, { groups, labels: { region } }));
    const outcome = outcomeOf(name, index);
    if (outcome !== undefined) outcomes.set(name, outcome);
  }
  return { nodes, outcomes, now: NOW, version: '0.1.0' };
}

function outcomeOf(name: string, index: number): ProbeOutcome | undefined {
  switch (index % 24) {
    case 1:
      return makeFailure(
        name,
        'host_key_changed',
        'The host key of 192.0.2.1 is SHA256:Zm9vYmFyYmF6cXV4 but known_hosts line 12 says SHA256:cXV4YmF6YmFyZm9v.',
      );
    case 4:
      return makeOutcome(name, {
        collectors: [
          makeCollector(
            'everything',
            healthySamples({ node_filesystem_avail_bytes: 3 * 2 ** 30, pipe_node_registered: 0 }),
          ),
          makeCollector('systemd', [], 'systemctl did not answer within 2 s'),
        ],
      });
    case 6:
      return makeOutcome(name, { startedAt: NOW - 42 * 60_000 });
    case 9:
      return undefined;
    case 11:
      return makeFailure(name, 'connect_timeout');
    default:
      return makeOutcome(name, {
        startedAt: NOW - 1_000 * (2 + ((index * 7) % 28)),
        durationSeconds: 0.021 + ((index * 37) % 90) / 1000,
        collectors: [
          makeCollector(
            'everything',
            healthySamples({
              node_load1: ((index * 53) % 300) / 100,
              node_memory_MemAvailable_bytes: (3 + ((index * 5) % 12)) * 2 ** 30,
              ...(index % 5 === 0 && { pipe_node_cache_misses_total: undefined }),
            }),
          ),
        ],
      });
  }
}
