import { expect, test } from '@jest/globals';
import { createRateLimit } from './rate-limit.js';

test('lets a burst through, and then one more each interval', () => {
  let now = 0;
  const admit = createRateLimit(0.5, 3, () => now);
  expect([admit(), admit(), admit(), admit()]).toEqual([true, true, true, false]);
  now = 499;
  expect(admit()).toBe(false);
  now = 1001;
  expect([admit(), admit(), admit()]).toEqual([true, true, false]);
});

test('saves up no more than a burst', () => {
  let now = 0;
  const admit = createRateLimit(1, 2, () => now);
  now = 1_000_000;
  expect([admit(), admit(), admit()]).toEqual([true, true, false]);
});
