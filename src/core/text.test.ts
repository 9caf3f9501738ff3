import { expect, test } from '@jest/globals';
import { count } from './text.js';

test.each([
  [0, '0 nodes'],
  [1, '1 node'],
  [2, '2 nodes'],
])('%d counts as %s', (number, words) => {
  expect(count(number, 'node')).toBe(words);
});
