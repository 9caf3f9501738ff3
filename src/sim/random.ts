/**
 * A number in [0, 1) that depends on its words alone: the same words give the same number on every machine and in every
 * run. It replaces a random generator, which would need a state and an order of calls.
 *
 * FNV-1a over the text, then the finalizer of MurmurHash3 so that near words give far numbers.
 */
export function chance(...words: readonly (string | number)[]): number {
  return hash(words.join('/')) / 2 ** 32;
}

/** A number in [low, high) that depends on its words alone. */
export function between(low: number, high: number, ...words: readonly (string | number)[]): number {
  return low + (high - low) * chance(...words);
}

/** One of the choices, depending on the words alone. */
export function pick<T>(choices: readonly [T, ...T[]], ...words: readonly (string | number)[]): T {
  return choices[Math.floor(chance(...words) * choices.length)] ?? choices[0];
}

/** Hexadecimal digits that depend on the words alone. */
export function hexDigits(count: number, ...words: readonly (string | number)[]): string {
  let digits = '';
  for (let part = 0; digits.length < count; part++) {
    digits += hash([...words, part].join('/'))
      .toString(16)
      .padStart(8, '0');
  }
  return digits.slice(0, count);
}

function hash(text: string): number {
  let bits = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) bits = Math.imul(bits ^ text.charCodeAt(at), 0x01000193);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
