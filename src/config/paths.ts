import { join, resolve } from 'node:path';

/** What is wrong with a path as written, or undefined. */
export function pathMistake(path: string): string | undefined {
  if (path === '') return 'is empty; write the path of a file';
  if (path.includes('PRIVATE KEY'))
    return 'holds a key instead of the path of a file; put the key into a file of its own';
  if (/\p{Cc}/u.test(path))
    return 'contains a line break or another control character; write the path of a file';
  if (/^~[^/]/.test(path))
    return 'starts with "~" and a name; write "~/…" for your own home folder, or the whole path';
  return undefined;
}

/** An absolute path: "~/" is the home folder, and what is relative starts from `folder`. */
export function expandPath(path: string, folder: string, home: string): string {
  return path === '~' || path.startsWith('~/') ? join(home, path.slice(1)) : resolve(folder, path);
}
