import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DEFAULT_SOFTWARE } from '../core/software.js';
import { ParseError } from './collector.js';
import type { Collector, CollectorInput } from './collector.js';
import { COLLECTORS } from './registry.js';
import { casesOf } from './testing/cases.js';
import { hostileWord as word, mutate, edit } from '../testing/damage.js';
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
