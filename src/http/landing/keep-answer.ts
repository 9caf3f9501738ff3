/** An answer that takes less CPU time than this, in seconds, is not kept. */
const CHEAP = 0.02;
/** An answer may take this part of the CPU time (1/20), however often it is requested. */
const SHARE = 20;

/** Both in seconds. */
export interface Clocks {
  /** CPU time of this process. */
  readonly cpu: () => number;
  /** Monotonic time. */
  readonly now: () => number;
}

const CLOCKS: Clocks = {
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  },
  now: () => performance.now() / 1000,
};

/**
 * Bounds the share of CPU time that an expensive answer takes from probes: it is kept for twenty times as long as it took to make. That is
 * some seconds for thousands of nodes, and nothing for a hundred.
 *
 * @param make makes the answer, which should say how old it is
 */
export function keepAnswer(make: () => string, { cpu, now }: Clocks = CLOCKS): () => string {
  let kept = '';
  let until = -Infinity;
  return () => {
    if (now() < until) return kept;
    const before = cpu();
    kept = make();
    const cost = cpu() - before;
    until = cost < CHEAP ? -Infinity : now() + SHARE * cost;
    return kept;
  };
}
