import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { codeOf, PipefleetError } from '../../core/errors.js';
import { tryLock, type Release } from '../../core/lock.js';
import { formatProblem } from '../diagnostics.js';
import { checkConfig, readConfigBytes, type LoadOptions } from '../load.js';
import { readYaml } from '../yaml-document.js';
import { replaceFile } from './replace-file.js';

/** A change of the text of pipefleet.yml, such as by the functions of nodes.ts; pure, and may throw a PipefleetError. */
export type ConfigEdit = (text: string) => string;

export interface EditOptions extends LoadOptions {
  /** Whether a file that does not exist is begun, readable for all (mode 0644); false by default. */
  readonly create?: boolean;
  /** How long another process may keep the file for itself, in seconds; 5 by default. */
  readonly waitSeconds?: number;
}

/** The text of a configuration file before and after a change, both without a byte order mark. */
export interface ConfigChange {
  readonly before: string;
  readonly after: string;
}

const POLL_MS = 50;
/** Longer than any change takes: an older lock was left, whatever process has its number now. */
const LEFT_OVER_MS = 60_000;
const NEW_FILE_MODE = 0o644;
const BYTE_ORDER_MARK = Buffer.from('\uFEFF');

/**
 * What {@link updateConfigFile} would write now. Writes nothing.
 *
 * @throws {PipefleetError} as {@link updateConfigFile}, but for what writing needs
 */
export async function planConfigChange(
  path: string,
  edit: ConfigEdit,
  options: EditOptions,
): Promise<ConfigChange> {
  const { before } = await readFor(path, options);
  return { before, after: judged(before, edit, path, options) };
}

/**
 * Changes a configuration file: the result is judged first, and takes the place of the file at one stroke, with its mode and owner.
 * A link stays one, and what it leads to changes. Changes by other processes wait for each other (a lock beside the file). Nothing
 * is written when nothing changes.
 *
 * @throws {PipefleetError} `config_unreadable` when the file cannot be read; `config_invalid` with every problem when the result would not
 *   be right; `operation_failed` when it cannot be written, is being changed elsewhere, or changed meanwhile; and what `edit` throws
 */
export async function updateConfigFile(
  path: string,
  edit: ConfigEdit,
  options: EditOptions,
): Promise<ConfigChange> {
  const target = await targetOf(path);
  const release = await acquire(`${target}.lock`, path, options.waitSeconds ?? 5);
  try {
    const { before, bytes } = await readFor(path, options);
    const after = judged(before, edit, path, options);
    if (after === before) return { before, after };
    const mark = bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : Buffer.alloc(0);
    const confirm = async (): Promise<void> => {
      if ((await readFor(path, options)).bytes.equals(bytes)) return;
      throw new PipefleetError(
        'operation_failed',
        `${path} was changed by somebody else meanwhile; run it again`,
      );
    };
    await replaceFile(target, Buffer.concat([mark, Buffer.from(after)]), NEW_FILE_MODE, confirm);
    return { before, after };
  } catch (error) {
    throw error instanceof PipefleetError ? error : unwritable(path, error);
  } finally {
    await release();
  }
}

interface Present {
  readonly bytes: Buffer;
  readonly before: string;
}

async function readFor(path: string, { create = false }: EditOptions): Promise<Present> {
  try {
    const { bytes, text } = await readConfigBytes(path);
    return { bytes, before: text };
  } catch (error) {
    const cause = error instanceof PipefleetError ? error.cause : undefined;
    if (create && codeOf(cause) === 'ENOENT') return { bytes: Buffer.alloc(0), before: '' };
    throw error;
  }
}

/** The text after the edit. Of a file that was wrong before, its own problems are told, in the lines that it has. */
function judged(before: string, edit: ConfigEdit, path: string, options: LoadOptions): string {
  const problemsOf = (text: string) => checkConfig(text, path, options).problems.map(formatProblem);
  const earlierProblems = () => (readYaml(before).data === null ? [] : problemsOf(before));
  let after: string;
  try {
    after = edit(before);
  } catch (error) {
    const earlier =
      error instanceof PipefleetError && error.code === 'config_invalid' ? earlierProblems() : [];
    if (earlier.length === 0) throw error;
    throw new PipefleetError('config_invalid', earlier.join('\n'), { cause: error });
  }
  const problems = after === before ? [] : problemsOf(after);
  if (problems.length === 0) return after;
  const earlier = earlierProblems();
  if (earlier.length > 0) throw new PipefleetError('config_invalid', earlier.join('\n'));
  const head = `${path} was left as it is, since this change would make it wrong:`;
  throw new PipefleetError('config_invalid', [head, ...problems].join('\n'));
}

/** The file itself, where the path is a link to it. */
async function targetOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw unwritable(path, error);
  }
  if (await isLink(path)) {
    const mend = 'make that file first, or remove the link';
    throw new PipefleetError('config_unreadable', `${path} is a link to a file that does not exist; ${mend}`);
  }
  try {
    return join(await realpath(dirname(path)), basename(path));
  } catch (error) {
    throw unwritable(path, error);
  }
}

async function isLink(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSymbolicLink();
  } catch {
    return false;
  }
}

async function acquire(lock: string, path: string, waitSeconds: number): Promise<Release> {
  const attempts = Math.ceil((waitSeconds * 1000) / POLL_MS);
  for (let attempt = 0; attempt <= attempts; attempt += 1) {
    if (attempt > 0) await delay(POLL_MS);
    const release = await tryLock(lock, LEFT_OVER_MS).catch((error: unknown) => {
      throw unwritable(path, error);
    });
    if (release !== undefined) return release;
  }
  throw new PipefleetError(
    'operation_failed',
    `${path} is being changed by another pipefleet; run it again when that one has ended (${lock})`,
  );
}

function unwritable(path: string, cause: unknown): PipefleetError {
  return new PipefleetError('operation_failed', unwritableSentence(path, codeOf(cause)), { cause });
}

function unwritableSentence(path: string, code: string | undefined): string {
  const folder = dirname(path);
  if (code === 'ENOENT' || code === 'ENOTDIR') return `${folder} is not a folder that exists; make it first`;
  if (code === 'EACCES')
    return `${path} cannot be changed by this user, who may not write in ${folder}; run it as the owner`;
  if (code === 'EPERM') return `${path} belongs to another user, and would not any more; run it as its owner`;
  if (code === 'EROFS')
    return `${path} lies on a file system that is read-only; change it where it is writable`;
  if (code === 'ENOSPC' || code === 'EDQUOT') return `${path} cannot be changed: the disk is full; make room`;
  if (code === 'EBUSY')
    return `${path} is mounted by itself, and cannot be replaced at one stroke; mount its folder instead`;
  return `${path} cannot be written (${code ?? 'unknown error'}); it was left as it is`;
}
