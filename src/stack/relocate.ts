import { readFile, writeFile } from 'node:fs/promises';

/** The file descriptor under which a relocated program finds its folder; the launcher opens it. */
export const FOLDER_DESCRIPTOR = 9;

/**
 * Makes a program that has an absolute folder compiled in look under a file descriptor instead, so that the folder may lie
 * anywhere: the path is replaced by one of the same length, `/proc/self/fd/9/././…`, which is the folder that the program
 * was started with as that descriptor. A program that makes its system calls itself takes no preloaded library instead.
 *
 * @param program path of the file, which is rewritten
 * @param folder the absolute path that is compiled in
 */
export async function relocateFolder(program: string, folder: string): Promise<void> {
  // Latin-1 keeps every byte as it is.
  const content = await readFile(program, 'latin1');
  await writeFile(program, content.replaceAll(folder, pathOfLength(folder.length)), 'latin1');
}

/** @throws {RangeError} when the length does not suffice */
function pathOfLength(length: number): string {
  const base = `/proc/self/fd/${FOLDER_DESCRIPTOR}`;
  const rest = length - base.length;
  if (rest < 0) throw new RangeError(`A path of ${length} bytes cannot be replaced.`);
  return `${base}${'/.'.repeat(rest >> 1)}${rest % 2 === 1 ? '/' : ''}`;
}
