import { closeSync, openSync, renameSync, writeSync } from 'node:fs';

export interface LogFile {
  readonly path: string;
  write(text: string): void;
  /** The last lines that were written, oldest first. */
  lastLines(): readonly string[];
  close(): void;
}

const KEPT_LINES = 8;
const DEFAULT_MAX_BYTES = 4 * 1024 * 1024;

/**
 * A log file of bounded size, written anew: when it is full it becomes `PATH.1`, in place of the one before.
 *
 * @param maxBytes of each of the two files
 */
export function openLogFile(path: string, maxBytes = DEFAULT_MAX_BYTES): LogFile {
  let file: number | undefined = openSync(path, 'w');
  let size = 0;
  let last: string[] = [];
  let open = '';

  return {
    path,
    write(text) {
      if (file === undefined) return;
      const bytes = Buffer.byteLength(text);
      if (size > 0 && size + bytes > maxBytes) {
        closeSync(file);
        renameSync(path, `${path}.1`);
        file = openSync(path, 'w');
        size = 0;
      }
      writeSync(file, text);
      size += bytes;
      const lines = (open + text).split('\n');
      open = lines.pop() ?? '';
      last = [...last, ...lines].slice(-KEPT_LINES);
    },
    lastLines: () => (open === '' ? last : [...last, open].slice(-KEPT_LINES)),
    close() {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}
