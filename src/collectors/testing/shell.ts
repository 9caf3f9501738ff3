import { spawn } from 'node:child_process';
import { mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A shell, and the programs that it finds. */
export interface ShellSetup {
  /** The program of the shell, and the words before `-c`. */
  readonly shell: readonly string[];
  /** The only folders in which programs are looked for; undefined for those that the batch names. */
  readonly path?: string;
}

const PATH_OF_BATCH = /(?<= PATH=)\S+/;

/** What a batch's command prints in a shell. Rejects when the shell ends with an error. */
export async function runBatch(command: string, { shell, path }: ShellSetup): Promise<string> {
  const [program = '', ...words] = shell;
  const text = path === undefined ? command : command.replace(PATH_OF_BATCH, path);
  // Under the name of a shell that takes the batch as its own. busybox finds its applet in the words.
  const child = spawn(program, [...words, '-c', text], {
    ...(words.length === 0 || program === 'bash' ? { argv0: 'sh' } : {}),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
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
