import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { expectLinear } from '../testing/linear-cost.js';
import { Largest } from './largest.js';

test('the largest item is the one with the largest count after any sequence of changes', () => {
  const change = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom(1, -1));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
      const largest = new Largest<string>();
      const counts = new Map<string, number>();
      for (const [item, by] of changes) {
        const count = (counts.get(item) ?? 0) + by;
        if (count < 0) continue;
        counts.set(item, count);
        largest.change(item, by);
        const most = Math.max(...counts.values());
        if (most === 0) expect(largest.item).toBeUndefined();
        else expect(counts.get(largest.item ?? '')).toBe(most);
      }
    }),
  );
});

test('among items with the same count it is the one that reached it first', () => {
  const largest = new Largest<string>();
  for (const item of ['a', 'b']) largest.change(item, 1);
  expect(largest.item).toBe('a');
  largest.change('a', 1);
  largest.change('a', -1);
  expect(largest.item).toBe('b');
});

test('the cost of a change does not depend on the counts', () =>
  expectLinear(
    (text) => {
      const largest = new Largest<string>();
      for (const name of text) largest.change(name, 1);
    },
    (count) => 'a'.repeat(count),
  ));
