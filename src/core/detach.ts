/** V8 copies shorter slices of a string; a longer one keeps the whole string alive that it is a part of. */
const SLICED_LENGTH = 13;

/** The same text in memory of its own: for what outlives the large text that it was cut from. */
export function detach(text: string): string {
  return text.length < SLICED_LENGTH ? text : Buffer.from(text, 'utf8').toString('utf8');
}
