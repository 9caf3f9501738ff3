import { describe, expect, test } from '@jest/globals';
import { parseShard, shardOf } from './shard.js';

const names = Array.from({ length: 6000 }, (_, index) => `node-${index}`);

describe('a shard', () => {
  test('is written as its number and how many there are', () => {
    expect(parseShard('1/1')).toEqual({ index: 1, of: 1 });
    expect(parseShard('2/3')).toEqual({ index: 2, of: 3 });
  });

  test.each(['', '1', '0/3', '4/3', '1/0', '-1/3', '01/3', '1/3/', ' 1/3', '1.0/3', '1/1001', '1/٣'])(
    'is not %j',
    (text) => expect(parseShard(text)).toBeUndefined(),
  );

  test('has about its share of the nodes', () => {
    for (const shard of [1, 2, 3]) {
      const own = names.filter((name) => shardOf(name, 3) === shard);
      expect(Math.abs(own.length - 2000)).toBeLessThan(150);
    }
  });

  test('gives nodes up to a new one only, and no more than its part', () => {
    const moved = names.filter((name) => shardOf(name, 3) !== shardOf(name, 4));
    expect(moved.every((name) => shardOf(name, 4) === 4)).toBe(true);
    expect(Math.abs(moved.length - 1500)).toBeLessThan(150);
  });

  test('is the same in every release', () => {
    const first = ['fra-1', 'nyc-1', 'sgp-1', 'tyo-1', 'gru-1', 'chi-1', 'ams-1', 'lon-1'];
    expect(first.map((name) => shardOf(name, 3))).toMatchInlineSnapshot(`
      [
        1,
        3,
        3,
        1,
        3,
        2,
        1,
        2,
      ]
    `);
  });
});
