import { detach } from './detach.js';

/** Characters of the longest text that is remembered. */
const LONGEST = 8_192;

/**
 * A pure function of a text that remembers its answers, for texts that come again and again. Forgets everything when it
 * knows too many: what comes again is soon known again. A text that is longer than any that comes again is not remembered, so
 * that a peer that makes them up can fill no more memory than the limit says.
 *
 * @param limit of texts that are remembered
 */
export function remember<Result>(limit: number, compute: (text: string) => Result): (text: string) => Result {
  const known = new Map<string, Result>();
  return (text) => {
    if (text.length > LONGEST) return compute(text);
    const found = known.get(text);
    if (found !== undefined || known.has(text)) return found as Result;
    // What the answer holds of the text must not keep alive the large text that it was cut from.
    const own = detach(text);
    const result = compute(own);
    if (known.size >= limit) known.clear();
    known.set(own, result);
    return result;
  };
}
