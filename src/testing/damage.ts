import fc from 'fast-check';

/** Words that documented texts are made of, and words that break careless parsers. */
export const hostileWord = fc.constantFrom(
  ...[
    '',
    ' ',
    '\n',
    '\n\n',
    '\t',
    '0',
    '1',
    '-1',
    '18446744073709551615',
    '99999999999999999999999',
    '1e999',
    '.5',
  ],
  ...[
    'NaN',
    '[not set]',
    'null',
    '{}',
    '[]',
    '"',
    '{',
    '}',
    ':',
    '=',
    '\\040',
    '\u0000',
    '\u2028',
    '\ud800',
    '__proto__',
  ],
  ...[
    'cpu0 ',
    'kB',
    'mount ',
    'stat ',
    '==> ',
    'constructor',
    '\n@f00dfeedf00dfeedf00dfeedf00dfeed testnet http://127.0.0.1:80/state\n',
  ],
);

/** One place of a text that is changed. */
export interface Edit {
  readonly at: number;
  readonly length: number;
  readonly insert: string;
}

export const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(60),
  insert: fc.oneof(hostileWord, fc.string({ unit: 'binary', maxLength: 8 })),
});

/** A text with changes; every other one repeats what it met instead of dropping it. */
export function mutate(text: string, edits: readonly Edit[]): string {
  let result = text;
  for (const { at, length, insert } of edits) {
    const start = Math.floor(at * result.length);
    // Every other edit repeats what it met instead of dropping it: lines that come twice are a case of their own.
    const met = result.slice(start, start + length);
    result =
      result.slice(0, start) + insert + (length % 2 === 0 ? met + met : '') + result.slice(start + length);
  }
  return result;
}

/** Some of the texts, damaged in a few places. */
export function damaged(texts: readonly string[]): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom(...texts), fc.array(edit, { maxLength: 5 }))
    .map(([text, edits]) => mutate(text, edits));
}
