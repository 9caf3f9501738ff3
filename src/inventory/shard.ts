import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';

/** One part of a fleet that is shared out among several exporters. */
export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly of: number;
}

/** More exporters than anybody shares a fleet among. */
const MOST_SHARDS = 100;
/** Hashes that are computed at once, which takes some milliseconds. */
const AT_ONCE = 1000;
const SHARD = /^(?<index>[1-9]\d{0,3})\/(?<of>[1-9]\d{0,3})$/;

/** Reads `2/3`, the second of three; undefined when it is no such thing. */
export function parseShard(text: string): Shard | undefined {
  const { index, of } = SHARD.exec(text)?.groups ?? {};
  const shard = { index: Number(index), of: Number(of) };
  return shard.index <= shard.of && shard.of <= MOST_SHARDS ? shard : undefined;
}

/**
 * Which of some shards each node belongs to, from 1: that for which the hash of node and shard is highest (rendezvous hashing, Thaler and
 * Ravishankar 1998). Everybody comes to the same answer without asking anybody, and one more shard takes its part from all others alike
 * while no other node moves. It must never change: a release that shared out anew would open every connection again.
 *
 * Any client may ask for any number of shards, and 100 shards of 5,000 nodes take more than a second. So the result is kept, the work
 * is done once, and it yields to the event loop.
 *
 * @returns a function from the number of shards to the shard of each name, in the order of the names
 */
export function createShards(names: readonly string[]): (shards: number) => Promise<Uint8Array> {
  const best = new Float64Array(names.length).fill(-1);
  /** The result for one shard, for two, and so on. Each differs from the one before only by the nodes that the new shard gets. */
  const rows: Uint8Array[] = [];
  let last = Promise.resolve();

  async function extend(shards: number): Promise<void> {
    for (let index = rows.length + 1; index <= shards; index += 1) {
      const row = rows.at(-1)?.slice() ?? new Uint8Array(names.length);
      for (const [at, name] of names.entries()) {
        if (at % AT_ONCE === 0) await setImmediate();
        const weight = createHash('sha256').update(`${index}/${name}`).digest().readUIntBE(0, 6);
        if (weight <= (best[at] ?? 0)) continue;
        best[at] = weight;
        row[at] = index;
      }
      rows.push(row);
    }
  }

  return async (shards) => {
    last = last.then(() => extend(shards));
    await last;
    return rows[shards - 1] ?? new Uint8Array();
  };
}
