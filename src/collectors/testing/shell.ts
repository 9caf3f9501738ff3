import { spawn } from 'node:child_process';
import { mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quote } from '../../core/shell.js';

/** How a test runs a batch: which shell, and which programs it finds. */
export interface Node {
  readonly shell: readonly string[];
  /** The only folder in which programs are looked for; undefined for those of a usual system. */
  readonly path?: string;
}

const PROGRAM = 'exec /bin/sh -c ';
const PATH_OF_BATCH = /(?<= PATH=)\S+/;

/** What a batch's command prints on a node. Rejects when the shell ends with an error. */
export async function runBatch(command: string, { shell, path }: Node): Promise<string> {
  const [program = '', ...words] = shell;
  const own = command.replace(PROGRAM, () => `exec ${[program, ...words].map(quote).join(' ')} -c `);
  const text = path === undefined ? own : own.replace(PATH_OF_BATCH, path);
  const child = spawn(program, [...words, '-c', text], { stdio: ['ignore', 'pipe', 'ignore'] });
  const parts: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  const status = await new Promise((resolve, reject) => child.once('close', resolve).once('error', reject));
  if (status !== 0) throw new Error(`The batch ended with status ${String(status)}.`);
  return Buffer.concat(parts).toString();
}

/** A new folder with links to some programs of this machine, or to applets of a busybox. */
export function folderWith(programs: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'pipefleet-programs-'));
  for (const [name, target] of Object.entries(programs)) symlinkSync(target, join(folder, name));
  return folder;
}
