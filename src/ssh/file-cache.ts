import { stat } from 'node:fs/promises';
import { readBounded } from '../core/read-bounded.js';

export interface FileFacts {
  readonly mode: number;
  readonly uid: number;
}

/** How long a failed parse stands for the same file, in milliseconds: a wrong passphrase costs as much CPU as a right one. */
const FAILURE_STANDS_MS = 10_000;

/**
 * Keeps what was made of a file until the file changes, so that a parse happens once and a rotated file is noticed at the
 * next use.
 *
 * @param maxBytes more of it is not read
 * @param parse may throw; it sees the content and the facts of the file
 */
export function cacheFile<T>(
  path: string,
  maxBytes: number,
  parse: (content: Buffer, facts: FileFacts) => T | Promise<T>,
): () => Promise<T> {
  let kept: { readonly version: string; readonly value: Promise<T> } | undefined;
  return async () => {
    const { mtimeMs, ctimeMs, ino, size, mode, uid } = await stat(path);
    const version = [mtimeMs, ctimeMs, ino, size].join(':');
    if (kept?.version !== version) {
      const value = readBounded(path, maxBytes).then((content) => parse(content, { mode, uid }));
      const mine = { version, value };
      kept = mine;
      value.catch(() => {
        setTimeout(() => {
          if (kept === mine) kept = undefined;
        }, FAILURE_STANDS_MS).unref();
      });
    }
    return kept.value;
  };
}
