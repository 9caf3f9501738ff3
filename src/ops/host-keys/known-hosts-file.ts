import { lstat, mkdir, realpath, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { replaceFile } from '../../config/edit/replace-file.js';
import { codeOf, PipefleetError } from '../../core/errors.js';
import { withLock } from '../../core/lock.js';
import { readBounded } from '../../core/read-bounded.js';
import { KNOWN_HOSTS_BYTES } from '../../ssh/known-hosts-files.js';

/**
 * A change of the text of one known_hosts file. The text has a character for each byte (latin1), so that bytes that are no UTF-8 stay
 * what they are.
 */
export interface KnownHostsEdit {
  readonly path: string;
  /** Pure; may throw a PipefleetError. */
  readonly edit: (text: string) => string;
  /** Whether a file that is not there begins empty, closed to other users as ssh(1) makes it; else it is passed over. */
  readonly create: boolean;
}

/** A file as it is, and as it is to be. */
interface Change {
  readonly path: string;
  readonly target: string;
  /** Undefined when there was none. */
  readonly before: Buffer | undefined;
  readonly after: Buffer;
}

/**
 * Changes known_hosts files, all of them or none: each is judged before the first is written, and what was written is put back when a
 * later one cannot be. Each changes at one stroke; a link stays one, and what it leads to changes. Changes by other commands wait for
 * each other.
 *
 * @throws {PipefleetError} `operation_failed` when a file cannot be read or written, and what an edit throws
 */
export async function editKnownHosts(edits: readonly KnownHostsEdit[]): Promise<void> {
  const places: (KnownHostsEdit & { readonly target: string })[] = [];
  for (const edit of edits) {
    const target = await attempt(edit.path, () => targetOf(edit));
    if (target !== undefined) places.push({ ...edit, target });
  }
  // In one order for all, so that two commands never wait for each other's locks.
  const locks = [...new Set(places.map(({ target }) => `${target}.lock`))].sort();
  await locked(locks, places[0]?.path ?? '', async () => {
    const changes: Change[] = [];
    for (const place of places) {
      const change = await attempt(place.path, () => changeOf(place, changes));
      if (change !== undefined) changes.push(change);
    }
    const written: Change[] = [];
    try {
      for (const change of changes) {
        await attempt(change.path, () => replaceFile(change.target, change.after, 0o600));
        written.push(change);
      }
    } catch (error) {
      for (const { target, before } of written.reverse()) {
        if (before === undefined) await rm(target, { force: true });
        else await replaceFile(target, before, 0o600);
      }
      throw error;
    }
  });
}

/** The file itself; undefined when it is not there and is not to be made. */
async function targetOf({ path, create }: KnownHostsEdit): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  const isLink = await lstat(path).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );
  if (isLink) {
    throw new PipefleetError(
      'operation_failed',
      `The known_hosts file ${path} is a link to a file that does not exist; make that file first, or remove the link.`,
    );
  }
  if (!create) return undefined;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  return join(await realpath(dirname(path)), basename(path));
}

/** @param earlier changes of the same command, one of which may be of the same file by another name */
async function changeOf(
  { path, target, edit }: KnownHostsEdit & { readonly target: string },
  earlier: readonly Change[],
): Promise<Change | undefined> {
  const before =
    earlier.findLast((change) => change.target === target)?.after ??
    (await readBounded(target, KNOWN_HOSTS_BYTES).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }));
  const after = Buffer.from(edit(before?.toString('latin1') ?? ''), 'latin1');
  return after.equals(before ?? Buffer.alloc(0)) ? undefined : { path, target, before, after };
}

async function locked(locks: readonly string[], path: string, action: () => Promise<void>): Promise<void> {
  const [first, ...others] = locks;
  if (first === undefined) return action();
  await attempt(path, () =>
    withLock(
      first,
      () => locked(others, path, action),
      () => undefined,
    ),
  );
}

/** @throws {PipefleetError} for whatever the system says */
async function attempt<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof PipefleetError) throw error;
    throw new PipefleetError(
      'operation_failed',
      `The known_hosts file ${path} cannot be changed (${codeOf(error) ?? 'unknown error'}); nothing was changed.`,
      { cause: error },
    );
  }
}
