import { randomUUID } from 'node:crypto';
import { lstat, readlink, rename, rm, symlink } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { codeOf } from './errors.js';
import { processIdentity } from './process-identity.js';

const POLL_MS = 200;
/** Longer than anything that is waited for: an older lock was left, whatever process has its number now. */
const LEFT_OVER_MS = 20 * 60 * 1000;

/** Gives a lock back. */
export type Release = () => Promise<void>;

/**
 * Takes a lock that one process holds at a time: a symbolic link to the identity of the process, so that it and its content appear
 * together. One that a dead process left is taken over, whatever process has its number now.
 *
 * @param path does not exist while nobody holds the lock; its parent folder exists
 * @param leftOverMs age after which the lock is taken over even when its process seems to run; default: never
 * @returns undefined when another process holds it
 */
export async function tryLock(path: string, leftOverMs = Infinity): Promise<Release | undefined> {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      await symlink(processIdentity('self') ?? String(process.pid), path);
      return () => rm(path, { force: true });
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    const holder = await leftOverHolder(path, leftOverMs);
    if (holder === undefined) return undefined;
    await takeAway(path, holder);
  }
  return undefined;
}

/** The number of the process that holds a lock; undefined when none does. */
export async function lockHolder(path: string): Promise<number | undefined> {
  const holder = await readlink(path).catch(() => undefined);
  return holder === undefined ? undefined : Number.parseInt(holder, 10);
}

/**
 * Runs an action while no other process runs one under the same lock, see {@link tryLock}. It must end within minutes.
 *
 * @param onWait called once when another process holds it
 */
export async function withLock<T>(path: string, action: () => Promise<T>, onWait: () => void): Promise<T> {
  let release = await tryLock(path, LEFT_OVER_MS);
  if (release === undefined) onWait();
  while (release === undefined) {
    await delay(POLL_MS);
    release = await tryLock(path, LEFT_OVER_MS);
  }
  try {
    return await action();
  } finally {
    await release();
  }
}

/** What a lock that was left says of its holder; undefined while that one runs, or when it was given back meanwhile. */
async function leftOverHolder(path: string, leftOverMs: number): Promise<string | undefined> {
  try {
    const [holder, { mtimeMs }] = await Promise.all([readlink(path), lstat(path)]);
    return Date.now() - mtimeMs > leftOverMs || !isRunning(holder) ? holder : undefined;
  } catch {
    return undefined;
  }
}

/** Of several that take the same lock away only one gets it. Should that be a new one already, it is put back. */
async function takeAway(path: string, holder: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
    const found = await readlink(aside);
    if (found !== holder) await symlink(found, path);
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes(codeOf(error) ?? '')) throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

/** @param holder the identity of a process, or only its number where there is no /proc */
function isRunning(holder: string): boolean {
  const [pid = '', , space] = holder.split(' ');
  // In another space of process ids, such as a container's, the number means another process.
  if (space !== undefined) {
    return space === processIdentity('self')?.split(' ')[2] ? processIdentity(pid) === holder : true;
  }
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}
