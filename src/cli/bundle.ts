import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { exampleSettings } from '../bundle/example-settings.js';
import { bundleFiles } from '../bundle/files.js';
import { defaultSettings, loadSettings } from '../bundle/load-settings.js';
import type { BundleSettings } from '../bundle/settings.js';
import { codeOf, PipefleetError } from '../core/errors.js';
import { readText } from '../core/read-bounded.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { printLine, type Io } from './print.js';

export interface BundleOptions {
  readonly settingsPath: string;
  /** Nobody named the file: without it everything is as it is by default. */
  readonly mayBeMissing: boolean;
  /** Where the files go. */
  readonly folder: string;
  /** Compare only. */
  readonly check: boolean;
}

/**
 * `pipefleet bundle`: writes the files that a bundle.yml asks for, each in one stroke. Files of others in the folder stay.
 *
 * @throws {PipefleetError} what the settings are wrong about, or `operation_failed` when a file cannot be written
 */
export async function runBundle({ stdout }: Io, options: BundleOptions): Promise<ExitCode> {
  const files = Object.entries(bundleFiles(await settingsOf(options)));
  const stale: string[] = [];
  for (const [name, text] of files) {
    const path = join(options.folder, name);
    if ((await current(path)) === text) continue;
    stale.push(path);
    if (!options.check) await write(path, text);
  }
  for (const path of stale) printLine(stdout, `${options.check ? 'stale' : 'wrote'}  ${path}`);
  printLine(stdout, `${files.length - stale.length} of ${files.length} files were up to date.`);
  return options.check && stale.length > 0 ? EXIT.failed : EXIT.ok;
}

/** `pipefleet bundle --example`: a bundle.yml with everything that can be set. */
export function runBundleExample({ stdout }: Io): ExitCode {
  stdout.write(exampleSettings());
  return EXIT.ok;
}

async function settingsOf({ settingsPath, mayBeMissing }: BundleOptions): Promise<BundleSettings> {
  try {
    return await loadSettings(settingsPath);
  } catch (error) {
    const isMissing = error instanceof PipefleetError && codeOf(error.cause) === 'ENOENT';
    if (!isMissing) throw error;
    if (mayBeMissing) return defaultSettings();
    throw new PipefleetError(
      'config_unreadable',
      `${settingsPath} does not exist; "pipefleet bundle --example" prints one to start from`,
      { cause: error },
    );
  }
}

function current(path: string): Promise<string | undefined> {
  return readText(path).catch(() => undefined);
}

async function write(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(temporary, text);
    await rename(temporary, path);
  } catch (cause) {
    throw new PipefleetError(
      'operation_failed',
      `${path} cannot be written (${codeOf(cause) ?? 'unknown error'}); name another folder with --out`,
      { cause },
    );
  }
}
