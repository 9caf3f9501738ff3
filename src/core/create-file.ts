import { randomUUID } from 'node:crypto';
import { link, open, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Makes a file at one stroke: who finds it, also after a crash, finds it whole. Never writes over another. Throws what the system says
 * when it cannot, `EEXIST` when there is something already.
 *
 * @param mode whatever the umask says
 */
export async function createFile(path: string, content: string, mode: number): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    {
      await using handle = await open(temporary, 'wx', 0o600);
      await handle.writeFile(content);
      await handle.chmod(mode);
      await handle.sync();
    }
    // Unlike a rename, it fails where something is.
    await link(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
  // The name is durable once its folder is.
  await using handle = await open(folder);
  await handle.sync();
}
