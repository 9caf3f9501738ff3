import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Batch } from '../../collectors/batch.js';
import { type Shell, wordsOf } from '../../collectors/testing/node.js';
import { codeOf } from '../../core/errors.js';
import { renderGate } from '../render.js';

/** What came of a request. */
export interface GateRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A gate as a file of this machine, under a shell of choice, with a stand-in for the system's log. */
export interface GateFile {
  readonly path: string;
  readonly text: string;
  /** The folder that is searched for programs before all others. */
  readonly folder: string;
  /** Runs it as sshd would, with this and nothing else in the environment, and with this on standard input. */
  run(
    purpose: string,
    request: string | undefined,
    environment?: Readonly<Record<string, string>>,
    input?: string,
  ): GateRun;
  /** What it has told the system's log so far, a line an entry. */
  log(): string;
  remove(): void;
}

const VERSION = '1.2.3';

/**
 * Writes the gate of some modules into a new folder.
 *
 * @param moved changes the paths in its text, for a file system that is not that of this machine
 */
export async function createGateFile(
  modules: ReadonlyMap<string, Pick<Batch, 'body'>>,
  shell: Shell = 'dash',
  moved: (text: string) => string = (text) => text,
): Promise<GateFile> {
  const folder = mkdtempSync(join(tmpdir(), 'pipefleet-gate-'));
  const at = (name: string): string => join(folder, name);
  const [program = ''] = await wordsOf(shell);
  const found = program.startsWith('/') ? program : `/bin/${program}`;
  symlinkSync(found, at('sh'));
  // One write an entry, so that entries of several at a time do not mix.
  writeFileSync(at('logger'), `#!/bin/dash\nread -r line\nprintf '%s: %s\\n' "$*" "$line" >>${at('log')}\n`);
  const path = at('gate');
  const text = renderGate({ version: VERSION, modules, path: `${folder}:/usr/sbin:/usr/bin:/sbin:/bin` });
  writeFileSync(path, moved(text).replaceAll('/bin/sh', at('sh')));
  for (const file of [path, at('logger')]) chmodSync(file, 0o755);
  return {
    path,
    text,
    folder,
    run: (purpose, request, environment = {}, input = '') => {
      const { status, stdout, stderr } = spawnSync(path, [purpose], {
        encoding: 'utf8',
        input,
        env: { ...environment, ...(request === undefined ? {} : { SSH_ORIGINAL_COMMAND: request }) },
        maxBuffer: 2 ** 25,
      });
      return { status, stdout, stderr };
    },
    log: () => (existsSync(at('log')) ? readFileSync(at('log'), 'utf8') : ''),
    remove: () => removeWhole(folder),
  };
}

/** Loggers that nobody waits for may still write. */
function removeWhole(folder: string): void {
  for (;;) {
    try {
      rmSync(folder, { recursive: true, force: true });
      return;
    } catch (error) {
      if (codeOf(error) !== 'ENOTEMPTY') throw error;
    }
  }
}
