/** What Prometheus knows at this moment. Undefined: it has not been told yet. */
export interface FleetStatus {
  /** Nodes that it scrapes. */
  readonly nodes: number | undefined;
  /** Nodes whose last probe succeeded. */
  readonly up: number | undefined;
  /** Alerts that fire, save the one that always does. */
  readonly firing: number;
}

const QUERIES = {
  nodes: 'count(up{job="pipe-node"})',
  up: 'sum(probe_success{job="pipe-node"})',
  firing: 'count(ALERTS{alertstate="firing",alertname!="Watchdog"})',
} as const;

/**
 * Asks Prometheus how the fleet is.
 *
 * @param prometheusUrl without a slash at its end
 * @returns undefined when Prometheus does not answer
 */
export async function readFleetStatus(prometheusUrl: string): Promise<FleetStatus | undefined> {
  try {
    const [nodes, up, firing] = await Promise.all(
      [QUERIES.nodes, QUERIES.up, QUERIES.firing].map((query) => readValue(prometheusUrl, query)),
    );
    return { nodes, up, firing: firing ?? 0 };
  } catch {
    return undefined;
  }
}

/** The value of a query that gives one series or none, see https://prometheus.io/docs/prometheus/latest/querying/api/. */
async function readValue(prometheusUrl: string, query: string): Promise<number | undefined> {
  const url = `${prometheusUrl}/api/v1/query?${new URLSearchParams({ query }).toString()}`;
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } };
  const value = data.result[0]?.value[1];
  return value === undefined ? undefined : Number(value);
}

/** One line for a person, such as `12 nodes: 11 up, 1 down; 2 alerts firing; running 3 min`. */
export function formatFleetStatus(status: FleetStatus | undefined, runningSeconds: number): string {
  const running = `running ${formatSeconds(runningSeconds)}`;
  if (status === undefined) return `Prometheus does not answer; ${running}`;
  const { nodes, up, firing } = status;
  if (nodes === undefined || up === undefined) return `waiting for the first scrapes; ${running}`;
  return `${count(nodes, 'node')}: ${up} up, ${nodes - up} down; ${count(firing, 'alert')} firing; ${running}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function formatSeconds(seconds: number): string {
  if (seconds < 120) return `${Math.floor(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
}
