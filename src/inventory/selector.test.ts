import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PipefleetError } from '../core/errors.js';
import { buildInventory } from './inventory.js';
import type { Node } from './node.js';
import { selectNodes } from './selector.js';
import { sketchNode } from './testing/sketches.js';

const node = (name: string, groups: string[], labels: Record<string, string>): Node =>
  sketchNode({ name, groups, labels });

const inventory = buildInventory({
  nodes: [
    node('fra-1', ['eu', 'edge'], { region: 'eu-central', rack: 'a.1' }),
    node('fra-2', ['eu'], { region: 'eu-central' }),
    node('fra-10', ['eu'], {}),
    node('nyc-1', ['us', 'edge'], { region: 'us-east' }),
  ],
  knownHosts: [],
});
const sets = (name: string): ReadonlySet<string> | undefined =>
  name === 'failed' ? new Set(['fra-2', 'gone']) : undefined;
const names = (...selectors: string[]): string[] =>
  selectNodes(inventory, selectors, sets).map(({ name }) => name);

describe('selectNodes', () => {
  test.each([
    [[], ['fra-1', 'fra-2', 'fra-10', 'nyc-1']],
    [['fra-1'], ['fra-1']],
    [['fra-*'], ['fra-1', 'fra-2', 'fra-10']],
    [['fra-?'], ['fra-1', 'fra-2']],
    [['group=edge'], ['fra-1', 'nyc-1']],
    [['group=e*'], ['fra-1', 'fra-2', 'fra-10', 'nyc-1']],
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
    ['', 'at column 1 a term is missing'],
    ['fra-1,', 'at column 7 a term is missing'],
    ['=x', 'at column 1 a name before "=" is missing; write group=NAME or LABEL=VALUE.'],
    ['group=', 'at column 7 a value is missing; write it after the "=", or * for any.'],
    ['a=b=c', 'at column 4 a second "=" stands here; put a value that has one in double quotes.'],
    [' , ', 'at column 2 a term is missing'],
    ['(fra-1', 'at column 1 this "(" has no ")"; close it.'],
    ['fra-1)', 'at column 6'],
  ])('%j is refused in one sentence that says where', (selector, words) => {
    expect(() => names('fra-1', selector)).toThrow(`${JSON.stringify(selector)} is no selector: ${words}`);
  });

  test.each([
    [['group=eu,rack!=a.1'], ['fra-2', 'fra-10']],
    [['group!=edge'], ['fra-2', 'fra-10']],
    [['!group=edge'], ['fra-2', 'fra-10']],
    [['group=eu,!fra-1'], ['fra-2', 'fra-10']],
    [['fra-1|nyc-1'], ['fra-1', 'nyc-1']],
    [['group=edge,(fra-*|region=us-east)'], ['fra-1', 'nyc-1']],
    [
      ['group=eu', '!fra-2'],
      ['fra-1', 'fra-10'],
    ],
    [['region="eu-central"'], ['fra-1', 'fra-2']],
    [['@failed'], ['fra-2']],
    [['@all,!@failed'], ['fra-1', 'fra-10', 'nyc-1']],
  ])('%j selects %j', (selectors, expected) => {
    expect(names(...selectors)).toEqual(expected);
  });

  test('a set that nobody knows is a mistake', () => {
    expect(() => names('@nothing')).toThrow(PipefleetError);
  });

  test('is an algebra: not, and, or, and taking away agree with each other', () => {
    const term = fc.constantFrom(
      'fra-1',
      'fra-*',
      'group=eu',
      'group=edge',
      'region=*',
      'rack!=a.1',
      '@failed',
    );
    const meant = (...selectors: string[]): string[] => {
      try {
        return names(...selectors);
      } catch (error) {
        if (error instanceof PipefleetError && error.code === 'node_unknown') return [];
        throw error;
      }
    };
    fc.assert(
      fc.property(term, term, (a, b) => {
        const [left, right] = [new Set(meant(a)), new Set(meant(b))];
        const all = meant();
        expect(meant(`${a},${b}`)).toEqual(all.filter((name) => left.has(name) && right.has(name)));
        expect(meant(`${a}|${b}`)).toEqual(all.filter((name) => left.has(name) || right.has(name)));
        expect(meant(`!${a}`)).toEqual(all.filter((name) => !left.has(name)));
        expect(meant(a, `!(${b})`)).toEqual(all.filter((name) => left.has(name) && !right.has(name)));
        expect(meant(`!(${a},${b})`)).toEqual(meant(`!(${a})|!(${b})`));
      }),
    );
  });

  test('of any text at all gives nodes or one sentence', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        try {
          names(text);
        } catch (error) {
          expect(error).toBeInstanceOf(PipefleetError);
          expect((error as PipefleetError).message).not.toContain('\n');
        }
      }),
    );
  });

  test.each(['fra-3', 'FRA-1', 'fra.1', 'rack=a-1', 'group=edge,nyc-2', 'constructor=*', 'region'])(
    'a selector that means nobody is a mistake: %j',
    (selector) => {
      expect(() => names('fra-1', selector)).toThrow(`No node is meant by "${selector}"`);
    },
  );
});
