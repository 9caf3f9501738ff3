import { expect, test } from '@jest/globals';
import { fatesOf } from './fates.js';

const SHARES = { blackHoles: 0.05, unreachable: 0.1, slow: 0.02 };

test('as many nodes are bad as the shares say, and which ones depends on the seed alone', () => {
  const fates = fatesOf(1000, 1, SHARES);
  const count = (fate: string): number => fates.filter((one) => one === fate).length;
  expect(['black_hole', 'unreachable', 'slow', 'well'].map(count)).toEqual([50, 100, 20, 830]);
  expect(fatesOf(1000, 1, SHARES)).toEqual(fates);
  expect(fatesOf(1000, 2, SHARES)).not.toEqual(fates);
});

test('shares that are no more than all of it leave nobody out', () => {
  expect(fatesOf(3, 1, { blackHoles: 1, unreachable: 0, slow: 0 })).toEqual(Array(3).fill('black_hole'));
  expect(fatesOf(3, 1, { blackHoles: 0, unreachable: 0, slow: 0 })).toEqual(Array(3).fill('well'));
});
