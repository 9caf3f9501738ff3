import { describe, expect, test } from '@jest/globals';
import { quantile, renderSpread, spreadOf } from './spread.js';

describe('a quantile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  test.each([
    [0, 1],
    [0.5, 50],
    [0.99, 99],
    [1, 100],
  ])('of 1 to 100 at %p is %p', (share, value) => expect(quantile(hundred, share)).toBe(value));

  test('of nothing is refused', () => expect(() => quantile([], 0.5)).toThrow(RangeError));
});

test('a spread says the median between the ends', () => {
  expect(renderSpread(spreadOf([3, 1, 2]), 1)).toBe('2.0 (1.0 to 3.0)');
});
