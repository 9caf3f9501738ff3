import { createHash } from 'node:crypto';
import { type Batch, BATCH_EPILOGUE, BATCH_PROLOGUE } from '../collectors/batch.js';

/** Digits that tell what a gate runs for a module: 64 bits, to compare and not to prove anything. */
const DIGITS = 16;

/**
 * Tells one batch from another: 16 hexadecimal digits that a gate states with every answer, so that whoever reads it knows
 * whether it is made of the same parts as its own.
 */
export function batchDigest(batch: Pick<Batch, 'body'>): string {
  let digest = digests.get(batch);
  if (digest === undefined) digests.set(batch, (digest = digestOf(batch)));
  return digest;
}

/** Every answer of a gate is compared with that of the same few batches. */
const digests = new WeakMap<Pick<Batch, 'body'>, string>();

function digestOf({ body }: Pick<Batch, 'body'>): string {
  const text = `${BATCH_PROLOGUE}${body}${BATCH_EPILOGUE}`;
  return createHash('sha256').update(text).digest('hex').slice(0, DIGITS);
}
