import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../../dist/bin/pipefleet.js', import.meta.url));
/** What commands remember stays out of the home of whoever runs the tests. */
const STATE_HOME = fileURLToPath(new URL('../../../.cache/test-state', import.meta.url));

/** `pipefleet serve` as a process of its own, as it is built. */
export interface ExporterProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** Its log so far. */
  log(): string;
  /** Ends it with a signal and gives its exit code, null when the signal itself ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** @param listen where; port 0 takes a free one */
export async function startExporterProcess(
  configPath: string,
  listen = '127.0.0.1:0',
): Promise<ExporterProcess> {
  const child = spawn(process.execPath, [PROGRAM, 'serve', '--config', configPath, '--listen', listen], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const ready = once(createInterface(child.stdout), 'line').then(([line]) => String(line));
  const first = await Promise.race([ready, ended.then((code) => `ended with ${code}: ${log}`)]);
  const url = / at (?<url>http:\S+)$/.exec(first)?.groups?.['url'];
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

/** Runs a command of the built program to its end. */
export async function runPipefleet(
  ...args: string[]
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, XDG_STATE_HOME: STATE_HOME },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}
