import { describe, expect, test } from '@jest/globals';
import { blemishAt } from './blemishes.js';

describe('blemishes', () => {
  test('a fleet of twelve has each kind once, and most of its nodes have none', () => {
    const found = Array.from({ length: 12 }, (_, position) => blemishAt(position)).filter(
      (blemish) => blemish !== undefined,
    );
    expect(new Set(found).size).toBe(5);
    expect(found).toHaveLength(5);
  });

  test('a larger fleet begins anew', () => {
    expect(blemishAt(13)).toBe(blemishAt(1));
  });
});
