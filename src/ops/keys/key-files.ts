import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf, PipefleetError } from '../../core/errors.js';
import type { Purpose } from '../../core/purpose.js';
import { makeKeyPair } from '../../ssh/key-pair.js';

/**
 * Makes an ed25519 key: the private half closed to others (0600, in a folder that is 0700 when it is new), the public one beside
 * it with `.pub`. Never writes over a file.
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
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(path, privateKey.endsWith('\n') ? privateKey : `${privateKey}\n`, {
      mode: 0o600,
      flag: 'wx',
    });
    // Whatever the umask says.
    await chmod(path, 0o600);
  } catch (cause) {
    throw notMade(path, cause);
  }
  try {
    await writeFile(`${path}.pub`, `${publicKey}\n`, { mode: 0o644, flag: 'wx' });
  } catch (cause) {
    await rm(path, { force: true });
    throw notMade(`${path}.pub`, cause);
  }
  return publicKey;
}

function notMade(path: string, cause: unknown): PipefleetError {
  if (codeOf(cause) === 'EEXIST') {
    return new PipefleetError(
      'key_exists',
      `${path} is there already, and a key is never written over; pipefleet keys rotate replaces one that nodes know.`,
      { cause },
    );
  }
  return new PipefleetError(
    'operation_failed',
    `The key ${path} cannot be written (${codeOf(cause) ?? 'unknown error'}).`,
    { cause },
  );
}
