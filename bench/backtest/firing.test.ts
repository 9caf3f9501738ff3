import { describe, expect, test } from '@jest/globals';
import { episodes } from './firing.js';

const every = (from: number, until: number): number[] =>
  Array.from({ length: (until - from) / 60 + 1 }, (_, index) => from + index * 60);

describe('an alert', () => {
  test('fires when its expression held for long enough, and ends with it', () => {
    expect(episodes('a', every(0, 600), 60, 300, 0)).toEqual([{ node: 'a', from: 300, until: 600 }]);
  });

  test('does not fire when it did not', () => {
    expect(episodes('a', every(0, 240), 60, 300, 0)).toEqual([]);
  });

  test('begins to wait anew after a gap', () => {
    expect(episodes('a', [...every(0, 240), ...every(360, 720)], 60, 300, 0)).toEqual([
      { node: 'a', from: 660, until: 720 },
    ]);
  });

  test('that fires is kept firing over a gap', () => {
    expect(episodes('a', [...every(0, 300), ...every(480, 600)], 60, 0, 300)).toEqual([
      { node: 'a', from: 0, until: 900 },
    ]);
  });

  test('that ended is another one later', () => {
    expect(episodes('a', [...every(0, 60), ...every(3600, 3660)], 60, 0, 300)).toEqual([
      { node: 'a', from: 0, until: 360 },
      { node: 'a', from: 3600, until: 3960 },
    ]);
  });
});
