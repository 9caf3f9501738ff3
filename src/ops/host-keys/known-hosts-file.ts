import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { replaceFile } from '../../config/edit/replace-file.js';
import { codeOf, PipefleetError } from '../../core/errors.js';
import { withLock } from '../../core/lock.js';

/**
 * Changes a known_hosts file at one stroke; changes by other commands wait for each other. A file that is not there begins empty,
 * closed to other users as ssh(1) makes it.
 *
 * @throws {PipefleetError} `operation_failed` when it cannot be read or written, and what `edit` throws
 */
export async function editKnownHosts(path: string, edit: (text: string) => string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await withLock(
      `${path}.lock`,
      async () => {
        const before = await readFile(path, 'utf8').catch((error: unknown) => {
          if (codeOf(error) === 'ENOENT') return '';
          throw error;
        });
        const after = edit(before);
        if (after !== before) await replaceFile(path, Buffer.from(after), 0o600);
      },
      () => undefined,
    );
  } catch (error) {
    if (error instanceof PipefleetError) throw error;
    throw new PipefleetError(
      'operation_failed',
      `The known_hosts file ${path} cannot be changed (${codeOf(error) ?? 'unknown error'}); it was left as it is.`,
      { cause: error },
    );
  }
}
