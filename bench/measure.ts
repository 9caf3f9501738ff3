/** One figure beside its alternative. */
export interface Comparison {
  readonly what: string;
  readonly ours: string;
  readonly milliseconds: number;
  readonly alternative: string;
  readonly alternativeMilliseconds: number;
}

const ROUNDS = 5;

/**
 * CPU time of this process, user and system, for one call: the median over some rounds, in milliseconds. The first round
 * warms up and does not count.
 *
 * @param calls in a round
 */
export async function cpuPerCall(calls: number, work: () => unknown): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const before = process.cpuUsage();
    for (let call = 0; call < calls; call++) await work();
    const { user, system } = process.cpuUsage(before);
    rounds.push((user + system) / 1000 / calls);
  }
  return median(rounds.slice(1));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** A Markdown table of comparisons, with the ratio. */
export function renderComparisons(comparisons: readonly Comparison[]): string {
  const rows = comparisons.map(({ what, ours, milliseconds, alternative, alternativeMilliseconds }) => {
    const ratio = (alternativeMilliseconds / milliseconds).toFixed(1);
    return `| ${what} | ${ours} | ${milliseconds.toFixed(3)} | ${alternative} | ${alternativeMilliseconds.toFixed(3)} | ${ratio} |`;
  });
  const head = '| what | ours | ms | alternative | ms | ratio |\n|---|---|--:|---|--:|--:|';
  return `${[head, ...rows].join('\n')}\n`;
}
