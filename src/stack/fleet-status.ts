import { count } from '../core/text.js';

/** How the fleet is at this moment. */
export interface FleetStatus {
  /** Nodes by what became of their last probe since the exporter started. */
  readonly up: number;
  readonly down: number;
  readonly unprobed: number;
  /** Alerts that fire, save the one that always does. */
  readonly firing: number;
}

/** Those of this minute: Prometheus remembers what a run before this one left. */
const FIRING = 'count(timestamp(ALERTS{alertstate="firing",alertname!="Watchdog"}) > time() - 60)';

/**
 * Asks the exporter how the nodes are, and Prometheus how many alerts fire.
 *
 * @param urls without a slash at their end
 * @returns undefined when one of them does not answer
 */
export async function readFleetStatus(urls: {
  readonly exporter: string;
  readonly prometheus: string;
}): Promise<FleetStatus | undefined> {
  try {
    const [fleet, alerts] = await Promise.all([
      readJson(`${urls.exporter}/fleet.json`),
      // https://prometheus.io/docs/prometheus/latest/querying/api/
      readJson(`${urls.prometheus}/api/v1/query?${new URLSearchParams({ query: FIRING }).toString()}`),
    ]);
    const { counts } = fleet as { counts: { up: number; down: number; stale: number; never: number } };
    const { data } = alerts as { data: { result: { value: [number, string] }[] } };
    return {
      up: counts.up,
      down: counts.down,
      unprobed: counts.never + counts.stale,
      firing: Number(data.result[0]?.value[1] ?? 0),
    };
  } catch {
    return undefined;
  }
}

async function readJson(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  return response.json();
}

/** One line for a person, such as `12 nodes: 11 up, 1 down; 2 alerts firing; running 3 min`. */
export function formatFleetStatus(status: FleetStatus | undefined, runningSeconds: number): string {
  const running = `running ${formatSeconds(runningSeconds)}`;
  if (status === undefined) return `The exporter or Prometheus does not answer; ${running}`;
  const { up, down, unprobed, firing } = status;
  const waiting = unprobed > 0 ? `, ${unprobed} not probed yet` : '';
  const nodes = count(up + down + unprobed, 'node');
  return `${nodes}: ${up} up, ${down} down${waiting}; ${count(firing, 'alert')} firing; ${running}`;
}

function formatSeconds(seconds: number): string {
  if (seconds < 120) return `${Math.floor(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
}
