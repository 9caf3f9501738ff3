/** An answer that cost less CPU than this, in seconds, is made each time. */
const CHEAP = 0.02;
/** Of the CPU, an answer may take one part in so many, however often it is asked for. */
const SHARE = 20;

/** What an answer costs, and how old it is, is measured by these; both in seconds. */
export interface Clocks {
  /** CPU time of this process. */
  readonly cpu: () => number;
  /** Time that never jumps. */
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
 * Makes an answer that is dear give way to probes: it is given again for twenty times as long as it took to make. For thousands of nodes
 * that is some seconds, so that whoever asks for it without end takes a twentieth of the CPU and not all of it. For a hundred nodes it is
 * nothing.
 *
 * @param make says when it was made, if that matters
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
