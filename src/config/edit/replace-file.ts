import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { codeOf } from '../../core/errors.js';

/**
 * Gives a file new content at one stroke: who reads it, and who finds it after a crash, has the old or the new one, whole. Mode and owner stay.
 * Throws what the system says when it cannot; nothing has changed then. The caller sees to it that nobody else replaces the file meanwhile.
 *
 * @param path of the file itself, not of a link to it
 * @param mode of a file that was not there
 * @param confirm is called before the last step, and stops it by throwing
 */
export async function replaceFile(
  path: string,
  content: Uint8Array,
  mode: number,
  confirm: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.tmp`);
  const old = await statOf(path);
  // One that a killed process left.
  await rm(temporary, { force: true });
  try {
    await using handle = await open(temporary, 'wx', old === undefined ? mode : 0o600);
    await handle.writeFile(content);
    if (old !== undefined) await keepOwnerAndMode(handle, old);
    await handle.sync();
    await confirm();
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  // The name is durable once its folder is.
  await using handle = await open(folder);
  await handle.sync();
}

interface Ownership {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

async function keepOwnerAndMode(handle: FileHandle, { uid, gid, mode }: Ownership): Promise<void> {
  const own = await handle.stat();
  if (own.uid !== uid || own.gid !== gid) await handle.chown(uid, gid);
  await handle.chmod(mode & 0o7777);
}

async function statOf(path: string): Promise<Ownership | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
