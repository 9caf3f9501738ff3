import { createHash } from 'node:crypto';

/** One part of a fleet that is shared out among several exporters. */
export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly of: number;
}

/** More exporters than anybody shares a fleet among. */
const MOST_SHARDS = 1000;
const SHARD = /^(?<index>[1-9]\d{0,3})\/(?<of>[1-9]\d{0,3})$/;

/** Reads `2/3`, the second of three; undefined when it is no such thing. */
export function parseShard(text: string): Shard | undefined {
  const { index, of } = SHARD.exec(text)?.groups ?? {};
  const shard = { index: Number(index), of: Number(of) };
  return shard.index <= shard.of && shard.of <= MOST_SHARDS ? shard : undefined;
}

/**
 * Which of some shards a node belongs to, from 1: that for which the hash of node and shard is highest (rendezvous hashing, Thaler and
 * Ravishankar 1998). Everybody comes to the same answer without asking anybody, and one more shard takes its part from all others alike
 * while no other node moves. It must never change: a release that shared out anew would open every connection again.
 */
export function shardOf(name: string, shards: number): number {
  let best = { index: 1, weight: -1 };
  for (let index = 1; index <= shards; index++) {
    const weight = createHash('sha256').update(`${index}/${name}`).digest().readUIntBE(0, 6);
    if (weight > best.weight) best = { index, weight };
  }
  return best.index;
}
