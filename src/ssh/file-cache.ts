import { readFile, stat } from 'node:fs/promises';

export interface FileFacts {
  readonly mode: number;
  readonly uid: number;
}

/**
 * Keeps what was made of a file until the file changes (modification time or size), so that a parse happens once and a rotated
 * file is noticed at the next use. Failures are not kept.
 *
 * @param parse may throw; it sees the content and the facts of the file
 */
export function cacheFile<T>(
  path: string,
  parse: (content: Buffer, facts: FileFacts) => T | Promise<T>,
): () => Promise<T> {
  let kept: { readonly version: string; readonly value: Promise<T> } | undefined;
  return async () => {
    const { mtimeMs, size, mode, uid } = await stat(path);
    const version = `${mtimeMs}:${size}:${mode}:${uid}`;
    if (kept?.version !== version) {
      const value = readFile(path).then((content) => parse(content, { mode, uid }));
      const mine = { version, value };
      kept = mine;
      value.catch(() => {
        if (kept === mine) kept = undefined;
      });
    }
    return kept.value;
  };
}
