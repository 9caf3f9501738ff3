import { detach } from './detach.js';

/**
 * A pure function of a text that remembers its answers, for texts that come again and again. Forgets everything when it
 * knows too many: what comes again is soon known again.
 *
 * @param limit of texts that are remembered
 */
export function remember<Result>(limit: number, compute: (text: string) => Result): (text: string) => Result {
  const known = new Map<string, Result>();
  return (text) => {
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
