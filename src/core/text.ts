/** A number with its noun: `1 node`, `2 nodes`. For nouns whose plural ends in -s. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
