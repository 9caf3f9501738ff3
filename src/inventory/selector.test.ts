import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PipefleetError } from '../core/errors.js';
import { buildInventory } from './inventory.js';
import type { Node } from './node.js';
import type { NodeSets } from './node-sets.js';
import { selectNodes } from './selector.js';
import { sketchCredential, sketchJumpHost, sketchNode } from './testing/sketches.js';

const node = (name: string, groups: string[], labels: Record<string, string>, more: Partial<Node> = {}) =>
  sketchNode({ name, host: `${name}.example.net`, groups, labels, ...more });

const bastion = sketchJumpHost({ name: 'bastion' });
const inventory = buildInventory({
  nodes: [
    node('fra-1', ['eu', 'edge'], { region: 'eu-central', rack: 'a.1' }, { jump: [bastion] }),
    node('fra-2', ['eu'], { region: 'eu-central', role: 'canary' }),
    node('fra-10', ['eu'], { owner: 'Meyer, (Sons)', note: 'a*b' }),
    node('nyc-1', ['us', 'edge'], { region: 'us-east' }, { credential: sketchCredential({ name: 'us' }) }),
  ],
  knownHosts: [],
});
const ALL = ['fra-1', 'fra-2', 'fra-10', 'nyc-1'];
const SETS: Readonly<Record<string, readonly string[]>> = { failed: ['fra-2', 'gone-1'], ok: [] };
const sets: NodeSets = (name) => (Object.hasOwn(SETS, name) ? new Set(SETS[name]) : undefined);
const names = (...selectors: string[]): string[] =>
  selectNodes(inventory, selectors, sets).map(({ name }) => name);

describe('selectNodes', () => {
  test.each([
    [[], ALL],
    [['fra-1'], ['fra-1']],
    [['fra-*'], ['fra-1', 'fra-2', 'fra-10']],
    [['fra-?'], ['fra-1', 'fra-2']],
    [['group=edge'], ['fra-1', 'nyc-1']],
    [['group=e*'], ALL],
    [['region=eu-central'], ['fra-1', 'fra-2']],
    [['region=*'], ['fra-1', 'fra-2', 'nyc-1']],
    [['group=edge,region=eu-*'], ['fra-1']],
    [['group=eu, *-1'], ['fra-1']],
    [
      ['nyc-1', 'fra-1', 'fra-?'],
      ['fra-1', 'fra-2', 'nyc-1'],
    ],
    [['rack=a.1'], ['fra-1']],
  ])('%j selects %j, in the order of the inventory', (selectors, expected) => {
    expect(names(...selectors)).toEqual(expected);
  });

  test.each([
    ['role!=canary', ['fra-1', 'fra-10', 'nyc-1']],
    ['group!=edge', ['fra-2', 'fra-10']],
    ['group=eu,!region=*', ['fra-10']],
    ['!region=*,group=eu', ['fra-10']],
    ['fra-1|nyc-1', ['fra-1', 'nyc-1']],
    ['group=eu,*-1|us*|nyc-?', ['fra-1', 'nyc-1']],
    ['group=edge,(region=us-*|rack=*)', ['fra-1', 'nyc-1']],
    ['!!fra-1', ['fra-1']],
    ['owner="Meyer, (Sons)"', ['fra-10']],
    ['note="a*b"', ['fra-10']],
    ['"fra-1"', ['fra-1']],
    ['jump=bast*', ['fra-1']],
    ['jump!=*', ['fra-2', 'fra-10', 'nyc-1']],
    ['credential=us', ['nyc-1']],
    ['host=*.example.net,!host=fra*', ['nyc-1']],
    ['@all', ALL],
    ['@failed', ['fra-2']],
    ['group=eu,!@failed', ['fra-1', 'fra-10']],
  ])('%s selects %j', (selector, expected) => {
    expect(names(selector)).toEqual(expected);
  });

  test.each([
    [['!fra-*'], ['nyc-1']],
    [['!fra-*', '!nobody'], ['nyc-1']],
    [
      ['group=eu', '!@failed'],
      ['fra-1', 'fra-10'],
    ],
    [
      ['!region=eu-central', 'group=edge', 'fra-10'],
      ['fra-10', 'nyc-1'],
    ],
    [['group=edge', '!(group=eu,rack=*)'], ['nyc-1']],
    [
      ['fra-2', '(!group=eu)'],
      ['fra-2', 'nyc-1'],
    ],
  ])('%j: what is one "!" as a whole takes away, wherever it stands', (selectors, expected) => {
    expect(names(...selectors)).toEqual(expected);
  });

  test.each([
    ['', 'at column 1 a term is missing; write a name such as fra-1 or fra-*, group=NAME'],
    ['fra-1,', 'at column 7 a term is missing'],
    [' , ', 'at column 2 a term is missing'],
    ['fra-1|', 'at column 7 a term is missing'],
    ['!', 'at column 2 a term is missing'],
    ['=x', 'at column 1 a name before "=" is missing; write group=NAME or LABEL=VALUE.'],
    ['!=x', 'at column 2 a name before "=" is missing'],
    ['group=', 'at column 7 a value is missing; write it after the "=", or * for any.'],
    ['a=b=c', 'at column 4 a second "=" stands here; put a value that has one in double quotes.'],
    ['(fra-1', 'at column 1 this "(" has no ")"; close it.'],
    ['fra-1)', 'at column 6 this ")" has no "(" before it; remove it.'],
    ['fra(1)', 'at column 4 a "(" follows a term; write "," or "|" between them.'],
    ['region="eu', 'at column 8 this quote is not closed; write " after the value.'],
    ['region=e"u"', 'at column 9 a quote stands inside a value; put the whole value in double quotes.'],
    ['"fra-1"x', 'at column 8 write "," or "|" before this.'],
    [
      'fra-1,@dead',
      'at column 7 stands a set that does not exist; there is @all, @last, @ok, @failed, @unreachable.',
    ],
    [
      '!'.repeat(60),
      'at column 51 more than 50 parentheses and "!" lie inside each other; write it flatter.',
    ],
  ])('%j is refused, and the place is said', (selector, message) => {
    const thrown = (): unknown => names(selector);
    expect(thrown).toThrow(`${JSON.stringify(selector)} is no selector: ${message}`);
    expect(thrown).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  test('"!a,b" beside others is refused, as it could mean to add or to take away', () => {
    expect(() => names('group=eu', '!fra-*,!nyc-*')).toThrow(
      'write !(…) around all of it to take nodes away',
    );
    expect(names('!fra-*,!fra-1')).toEqual(['nyc-1']);
  });

  test.each(['fra-3', 'FRA-1', 'fra.1', 'rack=a-1', 'group=edge,nyc-2', 'constructor=*', 'region', '@ok'])(
    'a selector that means nobody is a mistake: %j',
    (selector) => {
      expect(() => names('fra-1', selector)).toThrow(`No node is meant by "${selector}"`);
    },
  );

  test('to take everything away is a mistake', () => {
    expect(() => names('fra-1', '!fra-*')).toThrow('No node is left by "fra-1" "!fra-*"');
    expect(() => names('!@all')).toThrow(expect.objectContaining({ code: 'node_unknown' }));
  });

  test('what a set costs is paid only when it is asked for', () => {
    const broken: NodeSets = () => {
      throw new PipefleetError('state_unusable', 'It is broken.');
    };
    expect(selectNodes(inventory, ['group=edge'], broken)).toHaveLength(2);
    expect(() => selectNodes(inventory, ['fra-1|@failed'], broken)).toThrow('It is broken.');
  });
});

/** What a selector means, with the empty set for what means nobody. */
const meant = (...selectors: string[]): string[] => {
  try {
    return names(...selectors);
  } catch (error) {
    if (error instanceof PipefleetError && error.code === 'node_unknown') return [];
    throw error;
  }
};
const term = fc.constantFrom(
  'fra-1',
  'fra-*',
  '*',
  'group=edge',
  'region!=eu-*',
  'role=canary',
  '@failed',
  'none',
);
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4 },
    term,
    fc
      .tuple(tie('expression'), fc.constantFrom(',', '|'), tie('expression'))
      .map((parts) => `(${parts.join('')})`),
    tie('expression').map((inner) => `(!${inner})`),
  ),
}));

describe('the algebra of selectors', () => {
  const same = (a: string, b: string) => expect([a, b, meant(a)]).toEqual([a, b, meant(b)]);

  test('"," and "|" commute, and each is spread over the other', () => {
    fc.assert(
      fc.property(expression, expression, expression, (a, b, c) => {
        same(`${a},${b}`, `${b},${a}`);
        same(`${a}|${b}`, `${b}|${a}`);
        same(`${a},(${b}|${c})`, `${a},${b}|${a},${c}`);
        same(`${a}|${b},${c}`, `(${a}|${b}),(${a}|${c})`);
      }),
    );
  });

  test('De Morgan, double negation, and everything is either meant or not', () => {
    fc.assert(
      fc.property(expression, expression, (a, b) => {
        same(`(!(${a},${b}))`, `(!${a})|(!${b})`);
        same(`(!(${a}|${b}))`, `(!${a}),(!${b})`);
        same(`(!!${a})`, a);
        expect([...meant(a), ...meant(`(!${a})`)].sort()).toEqual(ALL.toSorted());
      }),
    );
  });

  test('arguments add up as "|" does, and "!" as a whole takes away as ",!" does', () => {
    fc.assert(
      fc.property(expression, expression, (a, b) => {
        if (meant(a).length > 0 && meant(b).length > 0) expect(meant(a, b)).toEqual(meant(`${a}|${b}`));
        if (meant(a).length > 0) expect(meant(a, `!${b}`)).toEqual(meant(`${a},!${b}`));
      }),
    );
  });

  test('any text is answered with nodes or with an error of ours', () => {
    const pieces = fc.constantFrom(
      '!',
      ',',
      '|',
      '(',
      ')',
      '"',
      '=',
      '!=',
      '@',
      '\\',
      ' ',
      '*',
      'a',
      'group',
      'failed',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(fc.array(text, { maxLength: 3 }), (selectors) => {
        try {
          for (const { name } of selectNodes(inventory, selectors, sets)) expect(ALL).toContain(name);
        } catch (error) {
          expect(error).toBeInstanceOf(PipefleetError);
        }
      }),
    );
  });
});
