import { describe, expect, test } from '@jest/globals';
import { createShards, parseShard } from './shard.js';

const names = Array.from({ length: 6000 }, (_, index) => `node-${index}`);

describe('a shard', () => {
  test('is written as its number and how many there are', () => {
    expect(parseShard('1/1')).toEqual({ index: 1, of: 1 });
    expect(parseShard('2/3')).toEqual({ index: 2, of: 3 });
  });

  test.each(['', '1', '0/3', '4/3', '1/0', '-1/3', '01/3', '1/3/', ' 1/3', '1.0/3', '1/101', '1/٣'])(
    'is not %j',
    (text) => expect(parseShard(text)).toBeUndefined(),
  );

  test('has about its share of the nodes', async () => {
    const shardOf = await createShards(names)(3);
    for (const shard of [1, 2, 3]) {
      const own = shardOf.filter((one) => one === shard);
      expect(Math.abs(own.length - 2000)).toBeLessThan(150);
    }
  });

  test('gives nodes up to a new one only, and no more than its part', async () => {
    const shards = createShards(names);
    const [before, after] = [await shards(3), await shards(4)];
    const moved = after.filter((shard, at) => shard !== before[at]);
    expect(moved.every((shard) => shard === 4)).toBe(true);
    expect(Math.abs(moved.length - 1500)).toBeLessThan(150);
  });

  test('is the same in every release, in whatever order it is asked for', async () => {
    const first = ['fra-1', 'nyc-1', 'sgp-1', 'tyo-1', 'gru-1', 'chi-1', 'ams-1', 'lon-1'];
    const shards = createShards(first);
    const asked = await Promise.all([100, 3, 1].map(shards));
    expect(asked.slice(1).map((row) => [...row])).toEqual([
      [1, 3, 3, 1, 3, 2, 1, 2],
      [1, 1, 1, 1, 1, 1, 1, 1],
    ]);
    expect(await createShards(first)(3)).toEqual(asked[1]);
  });

  test('is computed without blocking the event loop', async () => {
    const shards = createShards(names);
    let turns = 0;
    const turn = setInterval(() => (turns += 1), 0);
    await shards(20);
    clearInterval(turn);
    expect(turns).toBeGreaterThan(20);
  });
});
