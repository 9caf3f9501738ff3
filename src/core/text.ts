/** A number with its noun: `1 node`, `2 nodes`. For nouns whose plural ends in -s. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** A text without the character that it ends with, however often; `/\/+$/` would look at every run of it anywhere. */
export function trimTrailing(text: string, character: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === character) end--;
  return text.slice(0, end);
}
