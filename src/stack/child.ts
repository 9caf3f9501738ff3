import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openLogFile } from './log-file.js';

/** A program to run beside us. */
export interface ChildSpec {
  /** How people call it. */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly folder: string;
  /** Takes what the program prints; written anew. */
  readonly logPath: string;
}

export interface Child {
  readonly name: string;
  readonly logPath: string;
  /** Resolves when the program has ended, with words for how: `ended with status 1`. Never rejects. */
  readonly ended: Promise<string>;
  lastLines(): readonly string[];
  /** Asks the program to end, and ends it after so long. Resolves when it has ended. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Starts a program in a process group of its own: Ctrl-C on the keyboard reaches us alone, and we end the programs in order. When we
 * are killed it ends with us.
 *
 * @param withUs see {@link endsWithParent}
 */
export function startChild(
  { name, program, args, env, folder, logPath }: ChildSpec,
  withUs: readonly string[],
): Child {
  const log = openLogFile(logPath);
  const [first = program, ...words] = [...withUs, program, ...args];
  const child = spawn(first, words, {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => log.write(text));
  }

  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`could not be started (${basename(program)}: ${error.message})`));
    child.once('close', (code, signal) =>
      resolve(signal === null ? `ended with status ${code ?? 'unknown'}` : `was ended by ${signal}`),
    );
  }).finally(() => log.close());

  return {
    name,
    logPath,
    ended,
    lastLines: () => log.lastLines(),
    async stop(graceMs) {
      child.kill('SIGTERM');
      const timer = new AbortController();
      const bound = delay(graceMs, undefined, { signal: timer.signal }).then(
        () => child.kill('SIGKILL'),
        () => false,
      );
      await ended;
      timer.abort();
      await bound;
    },
  };
}
