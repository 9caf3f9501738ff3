/** Whether one more request may come now. */
export type RateLimit = () => boolean;

/**
 * A bucket of tokens, as exporter-toolkit's: full at first, one token more each interval, one less each request.
 *
 * @param now in milliseconds of a clock that never goes back
 */
export function createRateLimit(
  intervalSeconds: number,
  burst: number,
  now: () => number = () => performance.now(),
): RateLimit {
  let tokens = burst;
  let since = now();
  return () => {
    const at = now();
    tokens = Math.min(burst, tokens + (at - since) / 1000 / intervalSeconds);
    since = at;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
