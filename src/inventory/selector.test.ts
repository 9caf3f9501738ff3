import { describe, expect, test } from '@jest/globals';
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
const names = (...selectors: string[]): string[] => selectNodes(inventory, selectors).map(({ name }) => name);

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

  test.each(['', 'fra-1,', '=x', 'group=', 'a=b=c', ' , '])('%j is refused in one sentence', (selector) => {
    expect(() => names('fra-1', selector)).toThrow(
      `${JSON.stringify(selector)} is no selector; write a name such as fra-1 or fra-*, group=NAME or LABEL=VALUE, with commas between those that must all hold.`,
    );
  });

  test.each(['fra-3', 'FRA-1', 'fra.1', 'rack=a-1', 'group=edge,nyc-2', 'constructor=*', 'region'])(
    'a selector that means nobody is a mistake: %j',
    (selector) => {
      expect(() => names('fra-1', selector)).toThrow(`No node is meant by "${selector}"`);
    },
  );
});
