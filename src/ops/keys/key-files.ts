import { lstat, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createFile } from '../../core/create-file.js';
import { codeOf, PipefleetError } from '../../core/errors.js';
import { makePrivateFolder } from '../../core/private-folder.js';
import type { Purpose } from '../../core/purpose.js';
import { makeKeyPair } from '../../ssh/key-pair.js';

/**
 * Sees to it that keys can be made without writing over one, before the first is made.
 *
 * @throws {PipefleetError} `key_exists`, with every file that is in the way
 */
export async function mustBeFree(paths: readonly string[]): Promise<void> {
  const files = paths.flatMap((path) => [path, `${path}.pub`]);
  const taken = await Promise.all(files.map(isThere));
  const inTheWay = files.filter((_, index) => taken[index]);
  if (inTheWay.length > 0) throw keyExists(inTheWay);
}

/**
 * Makes an ed25519 key: the private half closed to others (0600), the public one next to it with `.pub`. A folder that
 * is missing is made private. Each is there whole or not at all, also after a crash. Never writes over a file.
 *
 * @param passphrase encrypts the private half; undefined leaves it open
 * @returns the public half, one line
 * @throws {PipefleetError} `key_exists`, or `operation_failed` when it cannot be written
 */
export async function makeKeyFile(
  path: string,
  purpose: Purpose,
  passphrase: string | undefined,
): Promise<string> {
  const { privateKey, publicKey } = makeKeyPair(`pipefleet-${purpose}`, passphrase);
  await mustBeFree([path]);
  try {
    await makePrivateFolder(dirname(path));
    await createFile(path, privateKey.endsWith('\n') ? privateKey : `${privateKey}\n`, 0o600);
  } catch (cause) {
    throw notMade(path, cause);
  }
  try {
    await createFile(`${path}.pub`, `${publicKey}\n`, 0o644);
  } catch (cause) {
    await rm(path, { force: true });
    throw notMade(`${path}.pub`, cause);
  }
  return publicKey;
}

function notMade(path: string, cause: unknown): PipefleetError {
  if (codeOf(cause) === 'EEXIST') return keyExists([path], cause);
  return new PipefleetError(
    'operation_failed',
    `The key ${path} cannot be written (${codeOf(cause) ?? 'unknown error'}).`,
    { cause },
  );
}

function keyExists(files: readonly string[], cause?: unknown): PipefleetError {
  return new PipefleetError(
    'key_exists',
    `${files.join(' and ')} ${files.length === 1 ? 'is' : 'are'} there already, and a key is never written over, so that none was made; leave out its purpose, or replace it with pipefleet keys rotate.`,
    { cause },
  );
}

/** A link that leads nowhere is something too. */
async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined;
}
