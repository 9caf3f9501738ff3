import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { checkoutFolder } from '../../stack/checkout.js';

const PROGRAM = join(checkoutFolder(), 'dist/bin/pipefleet.js');
/** What commands remember stays out of the home of whoever runs the tests. */
const STATE_HOME = join(checkoutFolder(), '.cache/test-state');

/** `pipefleet serve` as a process of its own, as it is built. */
export interface ExporterProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** Its log so far. */
  log(): string;
  /** Ends it with a signal and gives its exit code, null when the signal itself ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/**
 * @param listen where; port 0 takes a free one
 * @param more options of `serve`, and additional environment variables
 * @throws when it ends before it listens; the message holds its log
 */
export async function startExporterProcess(
  configPath: string,
  listen = '127.0.0.1:0',
  { options = [], env = {} }: { readonly options?: readonly string[]; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<ExporterProcess> {
  const child = spawn(
    process.execPath,
    [PROGRAM, 'serve', '--config', configPath, '--listen', listen, ...options],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    },
  );
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const ready = once(createInterface(child.stdout), 'line').then(([line]) => String(line));
  const first = await Promise.race([ready, ended.then((code) => `ended with ${code}: ${log}`)]);
  const url = / at (?<url>https?:\S+)$/.exec(first)?.groups?.['url'];
  if (url === undefined) throw new Error(`pipefleet serve ${first}`);
  return {
    url,
    child,
    log: () => log,
    end: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}

/** What a command printed, and how it ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command of the built program that runs. */
export interface RunningCommand {
  readonly pid: number | undefined;
  /** Resolves when its standard error, or output, has matched. */
  until(pattern: RegExp, stream?: 'stdout' | 'stderr'): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<Ended>;
}

/** Starts a command of the built program. */
export function startPipefleet(...args: string[]): RunningCommand {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { XDG_STATE_HOME: STATE_HOME, ...process.env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
  return {
    pid: child.pid,
    ended,
    kill: (signal) => child.kill(signal),
    until: async (pattern, stream = 'stderr') => {
      while (!pattern.test(stream === 'stderr' ? stderr : stdout)) {
        const gone = await Promise.race([
          once(child[stream], 'data').then(() => false),
          ended.then(() => true),
        ]);
        if (gone) throw new Error(`the command ended: ${stderr}`);
      }
    },
  };
}

/** Runs a command of the built program to its end. */
export function runPipefleet(...args: string[]): Promise<Ended> {
  return startPipefleet(...args).ended;
}
