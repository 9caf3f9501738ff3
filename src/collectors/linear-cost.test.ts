import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DEFAULT_SOFTWARE } from '../core/software.js';
import { expectLinear, LARGE } from '../testing/linear-cost.js';
import { buildBatch } from './batch.js';
import { type Collector, type CollectorInput, MODULES, ParseError } from './collector.js';
import { matchPattern } from './path-pattern.js';
import { COLLECTORS } from './registry.js';
import { casesOf } from './testing/cases.js';

const TOKEN = 'f00dfeedf00dfeedf00dfeedf00dfeed';

/** What a pattern that backtracks, or a loop within a loop, is fed with. */
const FILLERS = ['\n', ' ', '\t', 'a', '7', ':', '/', '=', '(', '"', '-', '\\', ' \n', 'a ', '0 ', '%', '#'];

/** Some lines again and again, each time with another number at their first digits. */
function numbered(lines: readonly string[], length: number): string {
  let text = '';
  for (let count = 0; text.length < length; count++)
    for (const line of lines) text += `${line.replace(/\d+|$/, String(count))}\n`;
  return text.slice(0, length);
}

/** A text with a filler put into it at a place. */
function stretched(text: string, place: number, filler: string, length: number): string {
  const at = Math.floor(place * text.length);
  return text.slice(0, at) + filler.repeat(Math.ceil(length / filler.length)) + text.slice(at);
}

/** So many lines of a text from one of them on. */
function linesOf(text: string, from: number, count: number): string[] {
  const all = text.split('\n');
  const start = from % all.length;
  return all.slice(start, start + count);
}

/** Concrete paths of a collector's patterns. */
function pathsOf({ files = [] }: Collector): string[] {
  return files.map((path) =>
    path
      .replaceAll(/\[(.)[^\]]*\]/g, '$1')
      .replaceAll('*', '7')
      .replaceAll('?', '7'),
  );
}

function parse(collector: Collector, input: CollectorInput): void {
  try {
    collector.parse(input);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
  }
}

describe.each(COLLECTORS)('$name', (collector) => {
  const cases = casesOf(collector);
  const texts = cases.flatMap(({ input }) => [input.output, ...input.files.values()]);
  const paths = pathsOf(collector);
  const filled = (text: string): ReadonlyMap<string, string> => new Map(paths.map((path) => [path, text]));

  test('reads any filler in time in proportion to its length', () => {
    for (const filler of FILLERS) {
      const make = (length: number): string => filler.repeat(length / filler.length);
      const input = { output: '', status: 0, files: new Map<string, string>(), software: DEFAULT_SOFTWARE };
      expectLinear((text) => parse(collector, { ...input, output: text, files: filled(text) }), make);
      // What the script printed decides what is made of the files, and the other way round.
      for (const { input: known } of cases) {
        if (paths.length > 0)
          expectLinear((text) => parse(collector, { ...known, files: filled(text) }), make);
      }
    }
  });

  test('reads its own lines, numbered or stretched, in time in proportion to their length', () => {
    const bait = fc.record({
      which: fc.constantFrom(...cases),
      part: fc.nat(),
      place: fc.double({ min: 0, max: 1, noNaN: true }),
      filler: fc.constantFrom(...FILLERS),
      lines: fc.tuple(fc.constantFrom(...texts.filter(Boolean)), fc.nat(), fc.integer({ min: 1, max: 6 })),
      share: fc.constantFrom(0, 0.5, 1),
    });
    fc.assert(
      fc.property(bait, ({ which: { input }, part, place, filler, lines, share }) => {
        const parts = ['output', ...input.files.keys()];
        const name = parts[part % parts.length] ?? 'output';
        const known = name === 'output' ? input.output : (input.files.get(name) ?? '');
        expectLinear(
          (text) =>
            parse(
              collector,
              name === 'output'
                ? { ...input, output: text }
                : { ...input, files: new Map(input.files).set(name, text) },
            ),
          (length) =>
            stretched(known, place, filler, length * (1 - share)) +
            numbered(linesOf(...lines), length * share),
        );
      }),
      { numRuns: 25, endOnFailure: true },
    );
  });
});

describe.each(MODULES)(
  'an answer to module %s is taken apart in time in proportion to its length',
  (module) => {
    const batch = buildBatch(
      COLLECTORS.filter((collector) => collector.module === module),
      DEFAULT_SOFTWARE,
    );
    test.each([
      ['markers without an end', `@${TOKEN} begin \n`],
      ['sections that begin and never end', `@${TOKEN} begin files\n`],
      ['ends of sections that never began', `\n@${TOKEN} end files 0`],
      ['empty sections', `@${TOKEN} begin files\n\n@${TOKEN} end files 0\n`],
      ['markers that are cut off', `@${TOKEN} `],
      ['tokens', `@${TOKEN} is `],
      ['line breaks', '\n'],
      ['blanks', ' '],
    ])('%s', (_, bait) => {
      expectLinear(
        (text) => void batch.split(text, TOKEN),
        (length) => bait.repeat(length / bait.length),
      );
    });

    test.each([
      ['headings of one path', '==> /proc/stat <==\n'],
      ['headings without a path', '\n==> /'],
      ['headings without an end', '\n==> '],
      ['a heading of colons', ':'],
      ['a heading of slashes', '/'],
      ['arrows', ' <==\n'],
    ])('files: %s', (_, bait) => {
      const around = (text: string): string =>
        `@${TOKEN} begin files\n==> /run/udev/data/b1${text}/x <==\n\n@${TOKEN} end files 0\n@${TOKEN} done\n`;
      expectLinear(
        (text) => void batch.split(text, TOKEN),
        (length) => around(bait.repeat(length / bait.length)),
      );
    });
  },
);

test('a pattern with several wildcards is matched in time in proportion to the length of the path', () => {
  const matches = matchPattern('/run/udev/data/b[1-689]*:*:*x*y');
  for (const filler of [':', 'x', ':x', 'xy', '/'])
    expectLinear(
      (path) => void matches(path),
      (length) => `/run/udev/data/b1${filler.repeat(length / filler.length)}:z`,
    );
});

test('the bound of a file is what costs are compared for', () => {
  expect(LARGE).toBe(262_144);
});
