import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readTextFormat } from './text-format.js';

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Series as `family type name {labels} value`. */
function seriesOf(text: string): string[] {
  return readTextFormat(text).series.map(
    ({ name, labels, value, family }) =>
      `${family.name} ${family.type} ${name} ${JSON.stringify(labels)} ${value}`,
  );
}

describe('the text format of Prometheus', () => {
  test('a family covers the parts of its histogram and of its summary', () => {
    const text = `# TYPE h histogram
h_bucket{le="0.5"} 1
h_bucket{le="+Inf"} 2
h_sum 0.7
h_count 2
# TYPE s summary
s{quantile="0.9"} 4
s_sum 4
s_count 1
s_bucket 1
x_sum 3
`;
    expect(seriesOf(text)).toEqual([
      'h histogram h_bucket {"le":"0.5"} 1',
      'h histogram h_bucket {"le":"+Inf"} 2',
      'h histogram h_sum {} 0.7',
      'h histogram h_count {} 2',
      's summary s {"quantile":"0.9"} 4',
      's summary s_sum {} 4',
      's summary s_count {} 1',
      's_bucket untyped s_bucket {} 1',
      'x_sum untyped x_sum {} 3',
    ]);
  });

  test('blanks, escapes, timestamps and a comma at the end are of the format', () => {
    const text = ` a { x = "1" , y="\\\\ \\" \\n", } 1.5e3 -17
b\t+Inf
c{} nan
# any comment
#TYPE is one too
`;
    expect(seriesOf(text)).toEqual([
      `a untyped a ${JSON.stringify({ x: '1', y: '\\ " \n' })} 1500`,
      'b untyped b {} Infinity',
      'c untyped c {} NaN',
    ]);
    expect(readTextFormat(text).malformed).toBe(0);
  });

  test('help is read before and after its type', () => {
    const { series } = readTextFormat('# HELP a one\\n\\\\two\n# TYPE a gauge\na 1\n# HELP b later\nb 1\n');
    expect(series.map(({ family }) => family)).toEqual([
      { name: 'a', type: 'gauge', help: 'one\n\\two' },
      { name: 'b', type: 'untyped', help: 'later' },
    ]);
  });

  test.each([
    ['a', 'no value'],
    ['a x', 'no number'],
    ['a 1 2 3', 'too much'],
    ['a{x="1"', 'an open brace'],
    ['a{x="1" y="2"} 1', 'no comma'],
    ['a{x="1",,} 1', 'two commas'],
    ['a{x=1} 1', 'no quotes'],
    ['a{x="1",x="2"} 1', 'a label twice'],
    ['a{__x="1"} 1', 'a label that Prometheus keeps for itself'],
    ['a{x="\\t"} 1', 'an unknown escape'],
    ['1a 1', 'a name that begins with a digit'],
    ['a-b 1', 'a name with a hyphen'],
    ['a 0x10', 'no decimal number'],
    ['# TYPE a stateset', 'an unknown type'],
    ['# TYPE a', 'no type'],
  ])('%j is malformed: %s', (line) => {
    expect(readTextFormat(`b 1\n${line}\nc 2\n`)).toMatchObject({
      malformed: 1,
      series: [{ name: 'b' }, { name: 'c' }],
    });
  });

  test('of a series that comes twice the first stands, whatever the order of its labels', () => {
    const { series, malformed } = readTextFormat('a{x="1",y="2"} 1\na{y="2",x="1",z=""} 2\n');
    expect(series).toHaveLength(1);
    expect(malformed).toBe(1);
  });

  test('a last line without its line break was cut off', () => {
    expect(readTextFormat('a 1\nb 12')).toMatchObject({ malformed: 1, series: [{ name: 'a' }] });
  });

  test('any text gives valid names and no series twice', () => {
    const piece = fc.constantFrom(
      ...['a', 'b_bucket', 'b_sum', 'b', '{', '}', '"', '=', ',', ' ', '\n', '\t', '\\', '1', 'NaN', 'le'],
      ...['# TYPE b histogram\n', '# TYPE b summary\n', '# HELP a \\n\n', 'a{x="1"} 2\n', '__x', '\u2028'],
      ...['b_bucket{le="1"} 2\n', 'b{quantile="1"} 2\n', '-', 'x="', '\r\n', '\0'],
    );
    const text = fc.oneof(
      fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(text, (exposition) => {
        const { series } = readTextFormat(`${exposition}\n`);
        for (const { name, labels, family } of series) {
          expect(name).toMatch(METRIC_NAME);
          expect(family.name).toMatch(METRIC_NAME);
          for (const [label, value] of Object.entries(labels)) {
            expect(label).toMatch(LABEL_NAME);
            expect(value).not.toBe('');
          }
        }
        const identities = series.map(({ name, labels }) => JSON.stringify([name, labels]));
        expect(new Set(identities).size).toBe(identities.length);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['braces', `a${'{'.repeat(200_000)}`],
    ['closing braces', `a{${'}'.repeat(200_000)} x y`],
    ['labels', `a{${'x="",'.repeat(40_000)}`],
    ['blanks', `a${' '.repeat(200_000)}x y`],
    ['quotes', `a{x="${'\\"'.repeat(100_000)}`],
  ])('a line of nothing but %s is one malformed line', (_, line) => {
    expect(readTextFormat(`${line}\n`)).toEqual({ series: [], malformed: 1 });
  });
});
