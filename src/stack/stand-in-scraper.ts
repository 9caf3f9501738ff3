import pLimit from 'p-limit';

/** Probes at once: fewer than the exporter runs by default, so that none is refused. */
const PROBES = 50;

interface TargetGroup {
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Asks the exporter for each node again and again, as Prometheus does, and forgets the answers: so that the page shows the nodes on a
 * machine that has no Prometheus. A node whose answer is still awaited is not asked a second time.
 *
 * @param exporter address without a slash at its end
 * @param seconds between two questions for one node
 * @returns stops it
 */
export function startStandInScraper(exporter: string, seconds: number): () => void {
  const asked = new Set<string>();
  const inTurn = pLimit(PROBES);
  const stop = new AbortController();
  const headers = { 'X-Prometheus-Scrape-Timeout-Seconds': String(seconds) };

  async function ask(target: string): Promise<void> {
    if (asked.has(target)) return;
    asked.add(target);
    const query = new URLSearchParams({ target, module: 'node' }).toString();
    await inTurn(() => fetch(`${exporter}/probe?${query}`, { headers, signal: stop.signal }))
      .then((response) => response.arrayBuffer())
      // The line of status says that the exporter does not answer.
      .catch(() => undefined);
    asked.delete(target);
  }

  async function askAll(): Promise<void> {
    try {
      const response = await fetch(`${exporter}/sd?module=node`, { signal: stop.signal });
      const groups = (await response.json()) as readonly TargetGroup[];
      for (const { labels } of groups) void ask(labels['__param_target'] ?? '');
    } catch {
      // As above.
    }
  }

  void askAll();
  const timer = setInterval(() => void askAll(), seconds * 1000);
  return () => {
    clearInterval(timer);
    stop.abort();
  };
}
