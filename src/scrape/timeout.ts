const SECONDS = /^\d+(?:\.\d+)?$/;

/**
 * How long a probe may take: the scraper's own timeout less an offset, so that a failed probe's answer still arrives, and
 * never more than the module allows. Without a header (a browser, curl) the module's bound holds.
 *
 * @param header of `X-Prometheus-Scrape-Timeout-Seconds`, as Prometheus sends it with every scrape
 * @returns seconds, at least a tenth
 */
export function probeTimeout(
  header: string | undefined,
  moduleSeconds: number,
  offsetSeconds: number,
): number {
  const scraper = header !== undefined && SECONDS.test(header) ? Number(header) - offsetSeconds : Infinity;
  return Math.max(0.1, Math.min(scraper, moduleSeconds));
}
