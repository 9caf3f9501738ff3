import { count } from '../core/text.js';

/** How the fleet is at this moment. */
export interface FleetStatus {
  /** Nodes by what became of their last probe since the exporter started. */
  readonly up: number;
  readonly down: number;
  readonly unprobed: number;
  /** Alerts that fire, save the one that always does; undefined without Prometheus. */
  readonly firing: number | undefined;
}

/** Those of this minute: Prometheus remembers what a run before this one left. */
const FIRING = 'count(timestamp(ALERTS{alertstate="firing",alertname!="Watchdog"}) > time() - 60)';

/**
 * Asks the exporter how the nodes are, and Prometheus, where there is one, how many alerts fire.
 *
 * @param urls without a slash at their end
 * @returns undefined when one of them does not answer
 */
export async function readFleetStatus(urls: {
  readonly exporter: string;
  readonly prometheus: string | undefined;
}): Promise<FleetStatus | undefined> {
  try {
    const [fleet, firing] = await Promise.all([
      readJson(`${urls.exporter}/fleet.json`),
      urls.prometheus === undefined ? undefined : readFiring(urls.prometheus),
    ]);
    const { counts } = fleet as { counts: { up: number; down: number; stale: number; never: number } };
    return { up: counts.up, down: counts.down, unprobed: counts.never + counts.stale, firing };
  } catch {
    return undefined;
  }
}

/** https://prometheus.io/docs/prometheus/latest/querying/api/ */
async function readFiring(prometheus: string): Promise<number> {
  const query = new URLSearchParams({ query: FIRING }).toString();
  const { data } = (await readJson(`${prometheus}/api/v1/query?${query}`)) as {
    data: { result: { value: [number, string] }[] };
  };
  return Number(data.result[0]?.value[1] ?? 0);
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
  const alerts = firing === undefined ? '' : `; ${count(firing, 'alert')} firing`;
  return `${nodes}: ${up} up, ${down} down${waiting}${alerts}; ${running}`;
}

function formatSeconds(seconds: number): string {
  if (seconds < 120) return `${Math.floor(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
}
