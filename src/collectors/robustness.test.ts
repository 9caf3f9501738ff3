import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DEFAULT_SOFTWARE } from '../core/software.js';
import { ParseError } from './collector.js';
import type { Collector, CollectorInput } from './collector.js';
import { COLLECTORS } from './registry.js';
import { casesOf } from './testing/cases.js';
import { expectPromised } from './testing/promises.js';

/** Either samples as promised, or a ParseError of one line; whatever the node sent. */
function expectTotal(collector: Collector, input: CollectorInput): void {
  let samples;
  try {
    samples = collector.parse(input);
  } catch (error) {
    expect(error).toBeInstanceOf(ParseError);
    expect((error as ParseError).message).toMatch(/^[^\n]{1,400}$/);
    return;
  }
  expectPromised(collector, samples);
}

/** Words that documented texts are made of, and words that break careless parsers. */
const word = fc.constantFrom(
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

interface Edit {
  readonly at: number;
  readonly length: number;
  readonly insert: string;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(60),
  insert: fc.oneof(word, fc.string({ unit: 'binary', maxLength: 8 })),
});

function mutate(text: string, edits: readonly Edit[]): string {
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

describe.each(COLLECTORS)('$name', (collector) => {
  test('any text gives promised samples or a ParseError', () => {
    const anyText = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(word).map((words) => words.join('')),
    );
    fc.assert(
      fc.property(anyText, fc.nat(255), fc.boolean(), (text, status, present) => {
        const files = new Map((collector.files ?? []).map((path) => [path, text]));
        const input = { output: text, status, software: DEFAULT_SOFTWARE };
        expectTotal(collector, { ...input, files: present ? files : new Map() });
      }),
      { numRuns: 300 },
    );
  });

  test('a damaged answer of a node gives promised samples or a ParseError', () => {
    const cases = casesOf(collector);
    fc.assert(
      fc.property(fc.constantFrom(...cases), fc.array(edit, { maxLength: 5 }), ({ input }, edits) => {
        const files = new Map(Array.from(input.files, ([path, text]) => [path, mutate(text, edits)]));
        expectTotal(collector, { ...input, files, output: mutate(input.output, edits) });
      }),
      { numRuns: 500 },
    );
  });
});

test('any JSON as body of an endpoint gives promised samples', () => {
  const collector = COLLECTORS.find(({ name }) => name === 'pipe-node');
  if (collector === undefined) throw new Error('The registry lacks pipe-node.');
  const token = 'f00dfeedf00dfeedf00dfeedf00dfeed';
  const key = fc.constantFrom(
    ...[
      'requests',
      'egress_bytes',
      'cache_hit_ratio',
      'pop-1',
      'a',
      'other',
      'server',
      'port',
      'pop_id',
      'status',
    ],
  );
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof({ depthSize: 'small' }, fc.jsonValue(), fc.double(), fc.dictionary(key, tie('tree'))),
  }));
  const path = fc.constantFrom('health', 'state', 'status', 'metrics', 'cache/stats');
  const generation = fc.constantFrom('testnet', 'mainnet', 'lattice');
  const status = fc.constantFrom(200, 204, 404, 503);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(generation, path, status, tree), { maxLength: 6 }),
      fc.nat(3),
      (answers, distributions) => {
        let output = `${token}\ngenerations testnet mainnet lattice\nprocess 1\nplain bash\n\n`;
        for (const [whose, name, code, body] of answers) {
          output += `HTTP/1.0 ${code} X\r\n\r\n${JSON.stringify(body)}\n@${token} ${whose} http://127.0.0.1:80/${name}\n`;
        }
        const software = { ...DEFAULT_SOFTWARE, distributions };
        expectPromised(collector, collector.parse({ output, status: 0, files: new Map(), software }));
      },
    ),
  );
});
