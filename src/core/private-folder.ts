import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Makes a folder for secrets, and its parents: closed to others (mode 0700), and with a `.gitignore` that keeps all of it out of a
 * repository that it may lie in. A folder that is there already stays as it is. Throws what the system says when it cannot be made.
 */
export async function makePrivateFolder(path: string): Promise<void> {
  const made = await mkdir(path, { recursive: true, mode: 0o700 });
  if (made !== undefined) await writeFile(join(path, '.gitignore'), '*\n', { flag: 'wx' });
}
