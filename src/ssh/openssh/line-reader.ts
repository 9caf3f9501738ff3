/** Longest line that is kept, in characters; the rest of a longer one is dropped. */
const LINE_MAX = 8192;

/** Cuts a stream of bytes into lines. */
export function createLineReader(onLine: (line: string) => void): (chunk: Buffer) => void {
  let begun = '';
  return (chunk) => {
    const [first = '', ...others] = chunk.toString('latin1').split('\n');
    begun = (begun + first).slice(0, LINE_MAX);
    for (const next of others) {
      onLine(begun.replace(/\r$/, ''));
      begun = next.slice(0, LINE_MAX);
    }
  };
}
