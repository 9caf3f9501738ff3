import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import type { NodeChange } from './node-change.js';
import { writtenEntry, type NodeEntry } from './node-entry.js';
import { addNodes, changeNode, removeNodes } from './nodes.js';

/*
 * Files as people write them: nodes in lines or in braces, with comments and blank lines anywhere, in either indentation, with either line
 * end, with or without a last one.
 */

const word = fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/);
const tricky = fc.constantFrom(
  '1',
  '-',
  'true',
  'null',
  '*',
  '&a',
  '!t',
  'a: b',
  'a #b',
  '#',
  '{',
  '[]',
  ',',
  "it's",
  '"',
  '~',
  '1e3',
  '::1',
  'x:',
  '- a',
  '? b',
  '%',
  '@',
  '`',
  '|',
  '>',
  ' a',
  'a ',
  '0x1f',
  'é',
);
const labelValue = fc.oneof(
  word,
  tricky,
  fc.string({ minLength: 1, maxLength: 8 }).filter((text) => !/\p{Cc}/u.test(text)),
);
const labels = fc.dictionary(fc.oneof(word, fc.constantFrom('null', 'true', 'y')), labelValue, {
  maxKeys: 3,
  noNullPrototype: true,
});
const latitude = fc.integer({ min: -90, max: 90 });

const entry = (name: fc.Arbitrary<string>): fc.Arbitrary<NodeEntry> =>
  fc.record(
    {
      name,
      host: fc.oneof(word, fc.constantFrom('2001:db8::1', '::', '192.0.2.1')),
      port: fc.integer({ min: 1, max: 65_535 }),
      addresses: fc.array(fc.constantFrom('::1', '2001:db8::', '192.0.2.1'), { maxLength: 2 }),
      jump: fc.oneof(word, fc.array(word, { maxLength: 2 })),
      credential: word,
      groups: fc.uniqueArray(fc.oneof(word, fc.constantFrom('1', 'true')), { maxLength: 3 }),
      labels,
      location: fc.record({ latitude, longitude: latitude }),
    },
    { requiredKeys: ['name', 'host'], noNullPrototype: true },
  );

/** How one node is written: in braces or in lines, and what stands around its lines. */
const nodeStyle = fc.record({
  braces: fc.boolean(),
  blankAbove: fc.boolean(),
  commentAbove: fc.boolean(),
  commentBeside: fc.boolean(),
  commentInside: fc.boolean(),
  commentBelow: fc.boolean(),
});
type NodeStyle = typeof nodeStyle extends fc.Arbitrary<infer Style> ? Style : never;

const quoted = (value: unknown): string => JSON.stringify(value);

function nodeLines(node: NodeEntry, style: NodeStyle): string[] {
  const pairs = Object.entries(writtenEntry(node));
  const beside = style.commentBeside ? ' # beside' : '';
  const inside = (text: string) => (style.commentInside ? [text] : []);
  const lines = style.braces
    ? [`- { ${pairs.map(([key, value]) => `${key}: ${quoted(value)}`).join(', ')} }${beside}`]
    : pairs.flatMap(([key, value], index) => {
        const margin = index === 0 ? '- ' : '  ';
        const isMap = typeof value === 'object' && !Array.isArray(value) && !style.commentBelow;
        const body = isMap
          ? [
              `${margin}${key}:${beside}`,
              ...inside('    # inside'),
              ...Object.entries(value).map(([inner, held]) => `      ${quoted(inner)}: ${quoted(held)}`),
            ]
          : [`${margin}${key}: ${quoted(value)}${beside}`];
        return index === 1 ? [...inside('  # above'), ...body] : body;
      });
  return [
    ...(style.blankAbove ? [''] : []),
    ...(style.commentAbove ? ['# above'] : []),
    ...lines,
    ...(style.commentBelow ? ['', '    # below'] : []),
  ];
}

interface File {
  readonly text: string;
  readonly nodes: readonly NodeEntry[];
}

/** A file with at least one node; the names of its nodes are n0, n1, … */
const file: fc.Arbitrary<File> = fc
  .record({
    nodes: fc.array(fc.tuple(entry(fc.constant('n')), nodeStyle), { minLength: 1, maxLength: 4 }),
    indentation: fc.constantFrom(0, 2, 4),
    above: fc.array(fc.constantFrom('# comment', '', 'listen: "127.0.0.1:1"'), { maxLength: 2 }),
    below: fc.array(fc.constantFrom('# comment', '', '  # indented comment'), { maxLength: 3 }),
    follows: fc.boolean(),
    newline: fc.constantFrom('\n', '\r\n'),
    finalNewline: fc.boolean(),
  })
  .filter(({ above }) => new Set(above).size === above.length)
  .map((shape) => {
    const nodes = shape.nodes.map(([node], index) => ({ ...node, name: `n${index}` }));
    const margin = ' '.repeat(shape.indentation);
    const lines = shape.nodes.flatMap(([, style], index) => {
      const node = nodes[index];
      return node === undefined
        ? []
        : nodeLines(node, style).map((line) => (line === '' ? '' : margin + line));
    });
    const all = [
      ...shape.above,
      'nodes: # all of them',
      ...lines,
      ...shape.below,
      ...(shape.follows ? ['limits: { idle: 10m } # bounds'] : []),
    ];
    return { text: all.join(shape.newline) + (shape.finalNewline ? shape.newline : ''), nodes };
  });

const change: fc.Arbitrary<NodeChange> = fc.record(
  {
    host: word,
    port: fc.option(fc.integer({ min: 1, max: 65_535 })),
    jump: fc.option(fc.oneof(word, fc.array(word, { maxLength: 2 }))),
    credential: fc.option(word),
    addresses: fc.option(fc.array(fc.constantFrom('::1', '192.0.2.1'), { maxLength: 2 })),
    location: fc.option(fc.record({ latitude, longitude: latitude }, { noNullPrototype: true })),
    labels: fc.dictionary(fc.oneof(word, fc.constantFrom('null', 'y')), fc.option(labelValue), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
    addGroups: fc.array(word, { maxLength: 2 }),
    removeGroups: fc.array(fc.oneof(word, fc.constantFrom('1', 'true')), { maxLength: 2 }),
    software: fc.dictionary(
      fc.constantFrom('http_port', 'control_port'),
      fc.option(fc.integer({ min: 1, max: 9 })),
      { noNullPrototype: true },
    ),
  },
  { requiredKeys: [], noNullPrototype: true },
);

interface Parsed {
  readonly nodes: readonly Readonly<Record<string, unknown>>[];
  readonly [key: string]: unknown;
}
const parsed = (text: string): Parsed => parse(text, { stringKeys: true }) as Parsed;

/** What a changed node says, worked out in the plainest way. */
function expected(node: Readonly<Record<string, unknown>>, wanted: NodeChange): Record<string, unknown> {
  const result: Record<string, unknown> = structuredClone(node);
  const { addGroups = [], removeGroups = [], labels: newLabels = {}, software = {}, ...plain } = wanted;
  for (const [key, value] of Object.entries(plain)) result[key] = value;
  for (const [section, values] of Object.entries({ labels: newLabels, software })) {
    result[section] = { ...(result[section] as object | undefined), ...values };
  }
  const groups = [...new Set([...((result['groups'] as string[] | undefined) ?? []), ...addGroups])];
  result['groups'] = groups.filter((group) => !removeGroups.includes(group));
  const cleaned = Object.entries(result).map(([key, value]) => {
    const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
    const held = isMap ? Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null)) : value;
    const isEmpty = typeof held === 'object' && held !== null && Object.keys(held).length === 0;
    return [key, isEmpty && key !== 'jump' ? null : held] as const;
  });
  return Object.fromEntries(cleaned.filter(([, value]) => value !== null));
}

/** The lines that are comments alone, which no edit of another thing may touch. */
const commentLines = (text: string): string[] => text.split(/\r?\n/).filter((line) => /^\s*#/.test(line));

/** How much of a text another one keeps at its beginning and its end together. */
function kept(before: string, after: string): number {
  let head = 0;
  while (head < Math.min(before.length, after.length) && before[head] === after[head]) head += 1;
  let tail = 0;
  const rest = Math.min(before.length, after.length) - head;
  while (tail < rest && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  return head + tail;
}

const RUNS = { numRuns: 150 };

describe('whatever the file looks like', () => {
  test('nodes that are added stand in one piece, and all else stays', () => {
    fc.assert(
      fc.property(
        file,
        fc.array(entry(fc.constantFrom('x', 'y', '1')), { minLength: 1, maxLength: 3 }),
        ({ text }, added) => {
          const after = addNodes(text, added);
          expect(kept(text, after)).toBe(text.length);
          expect(parsed(after)).toEqual({
            ...parsed(text),
            nodes: [...parsed(text).nodes, ...added.map(writtenEntry)],
          });
        },
      ),
      RUNS,
    );
  });

  test('nodes that are added and removed again leave no trace', () => {
    fc.assert(
      fc.property(
        file,
        fc.array(entry(fc.constantFrom('x', 'y')), { minLength: 1, maxLength: 3 }),
        ({ text }, added) => {
          const names = [...new Set(added.map(({ name }) => name))];
          expect(removeNodes(addNodes(text, added), names)).toBe(text);
        },
      ),
      RUNS,
    );
  });

  test('nodes that are removed go in pieces of their own, and all else stays', () => {
    fc.assert(
      fc.property(file, fc.infiniteStream(fc.boolean()), ({ text, nodes }, choice) => {
        const names = nodes.map(({ name }) => name).filter(() => choice.next().value === true);
        const after = removeNodes(text, names);
        expect(parsed(after)).toEqual({
          ...parsed(text),
          nodes: parsed(text).nodes.filter(({ name }) => !names.includes(String(name))),
        });
        if (names.length === 1 && nodes.length > 1) expect(kept(text, after)).toBe(after.length);
        expect(text.split(/\r?\n/)).toEqual(expect.arrayContaining(commentLines(after)));
        expect(after.endsWith('\n')).toBe(text.endsWith('\n'));
      }),
      RUNS,
    );
  });

  test('a change touches the node alone', () => {
    fc.assert(
      fc.property(file, fc.nat(), change, ({ text, nodes }, choice, wanted) => {
        const index = choice % nodes.length;
        const after = changeNode(text, `n${index}`, wanted);
        const before = parsed(text);
        expect(parsed(after)).toEqual({
          ...before,
          nodes: before.nodes.map((node, at) => (at === index ? expected(node, wanted) : node)),
        });
        // Without the node that changed, both texts are the same.
        expect(removeNodes(after, [`n${index}`])).toBe(removeNodes(text, [`n${index}`]));
        expect(changeNode(after, `n${index}`, wanted)).toBe(after);
      }),
      RUNS,
    );
  });
});
