/** A piece of a text and what takes its place. */
export interface Splice {
  /** Offset of the first character that goes. */
  readonly start: number;
  /** Offset past the last character that goes; `start` where nothing goes. */
  readonly end: number;
  readonly text: string;
}

/** Makes all changes at once; every other character stays. Of two at the same place the one that is given first comes first. */
export function applySplices(text: string, splices: readonly Splice[]): string {
  let result = '';
  let done = 0;
  for (const splice of splices.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    if (splice.start < done) throw new Error('two changes of a text overlap');
    result += text.slice(done, splice.start) + splice.text;
    done = splice.end;
  }
  return result + text.slice(done);
}
