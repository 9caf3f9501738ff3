import { link, rename, rm, stat } from 'node:fs/promises';

/**
 * How far the rotation of a key has come, as its files tell: `spreading` while nodes learn the next key beside the old one, `retiring`
 * while they forget the old one, `idle` before and after. A command that was interrupted goes on where the files say.
 */
export type RotationPhase = 'idle' | 'spreading' | 'retiring';

/** Where the next key lies while it is spread, its public half beside it with `.pub`. */
export function nextKeyFile(keyFile: string): string {
  return `${keyFile}.next`;
}

/** Where the old key lies until every node has forgotten it. */
export function oldKeyFile(keyFile: string): string {
  return `${keyFile}.old`;
}

/** Reads the phase, and ends a swap that was interrupted between its files. */
export async function rotationPhase(keyFile: string): Promise<RotationPhase> {
  const [next, old] = [nextKeyFile(keyFile), oldKeyFile(keyFile)];
  if (await exists(next)) return 'spreading';
  if (await exists(`${next}.pub`)) await swapOne(`${keyFile}.pub`, `${next}.pub`, `${old}.pub`);
  return (await exists(old)) ? 'retiring' : 'idle';
}

/**
 * Makes the next key the key, and keeps the old one as `.old`. At no moment is there no key: the exporter reads one or the other.
 */
export async function swapKeys(keyFile: string): Promise<void> {
  const [next, old] = [nextKeyFile(keyFile), oldKeyFile(keyFile)];
  const hasPublic = await exists(`${next}.pub`);
  if (!hasPublic) {
    // The public half of the old key must not stay beside the next one, which states its own.
    await keep(`${keyFile}.pub`, `${old}.pub`);
    await rm(`${keyFile}.pub`, { force: true });
  }
  await swapOne(keyFile, next, old);
  if (hasPublic) await swapOne(`${keyFile}.pub`, `${next}.pub`, `${old}.pub`);
}

/** Deletes the old key, which no node takes any more. */
export async function endRotation(keyFile: string): Promise<void> {
  await rm(oldKeyFile(keyFile), { force: true });
  await rm(`${oldKeyFile(keyFile)}.pub`, { force: true });
}

async function swapOne(file: string, next: string, old: string): Promise<void> {
  await keep(file, old);
  await rename(next, file);
}

async function keep(file: string, old: string): Promise<void> {
  await rm(old, { force: true });
  await link(file, old).catch((error: unknown) => {
    // A public half that somebody has removed is no loss.
    if (!file.endsWith('.pub')) throw error;
  });
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
