/** The jump hosts on a way, by name. */
export interface JumpChain {
  /** The first to connect to first. */
  readonly chain: readonly string[];
  /** The jump hosts whose `via` lead in a circle, where the way runs into one; the chain is cut there. */
  readonly circle: readonly string[];
}

/**
 * The whole way for jump hosts as they are written: what the first of them has as `via`, and so on, comes before it. Those after
 * the first say with the list itself what comes before them, so that their own `via` does not count.
 *
 * @param viaOf what is written as `via` of a jump host; what is no text is taken for nothing
 */
export function jumpChain(way: readonly string[], viaOf: (name: string) => unknown): JumpChain {
  const before: string[] = [];
  let via = way[0] === undefined ? undefined : viaOf(way[0]);
  while (typeof via === 'string') {
    const met = [way[0], ...before].indexOf(via);
    if (met >= 0) return { chain: [...before.reverse(), ...way], circle: circleOf(via, viaOf) };
    before.push(via);
    via = viaOf(via);
  }
  return { chain: [...before.reverse(), ...way], circle: [] };
}

function circleOf(start: string, viaOf: (name: string) => unknown): string[] {
  const circle = [start];
  for (let via = viaOf(start); typeof via === 'string' && via !== start; via = viaOf(via)) circle.push(via);
  return circle;
}
