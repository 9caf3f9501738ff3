import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { lstat, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processIdentity } from '../../core/process-identity.js';
import { readText } from '../../core/read-bounded.js';

/** A private folder of one connection. */
export interface RuntimeFolder {
  readonly path: string;
  /** Writes a file that nobody else can read; gives its path. */
  write(name: string, content: string): Promise<string>;
  /** Removes it with all that it holds. */
  remove(): void;
}

const PREFIX = 'pipefleet-ssh-';
const OWNER = 'owner';
/** Name of the control socket in a folder; short, as the path of a socket may not be long. */
export const SOCKET = 's';
/** OpenSSH appends 17 characters while it makes the socket, and a path holds 103 (macOS) or 107 (Linux). */
const SOCKET_PATH_MAX = 103 - 17;
/** How long a left-over master may take to end, in milliseconds. */
const FAREWELL_MS = 2000;

/** Where the folders lie: the system's temporary folder, or `/tmp` when that has too long a path for a socket. */
export function runtimeBase(folder: string = tmpdir()): string {
  return join(folder, `${PREFIX}XXXXXX`, SOCKET).length <= SOCKET_PATH_MAX ? folder : '/tmp';
}

/** Makes a folder that only our account can enter, and that says whose it is. */
export async function makeRuntimeFolder(base: string = runtimeBase()): Promise<RuntimeFolder> {
  const path = await mkdtemp(join(base, PREFIX));
  const write = async (name: string, content: string): Promise<string> => {
    const file = join(path, name);
    await writeFile(file, content, { mode: 0o600 });
    return file;
  };
  await write(OWNER, processIdentity('self') ?? '');
  return { path, write, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/**
 * Clears up after exporters that were ended by force: asks their masters to end, and removes their folders. Whatever belongs to a
 * process that lives, to another account or to another container stays.
 *
 * @param ssh path of the program
 */
export async function clearLeftOvers(ssh: string, base: string = runtimeBase()): Promise<void> {
  const names = (await readdir(base).catch(() => [])).filter((name) => name.startsWith(PREFIX));
  await Promise.all(
    names.map(async (name) => {
      const folder = join(base, name);
      if (!(await isAbandoned(folder))) return;
      await farewell(ssh, join(folder, SOCKET));
      await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    }),
  );
}

async function isAbandoned(folder: string): Promise<boolean> {
  try {
    const facts = await lstat(folder);
    if (!facts.isDirectory() || facts.uid !== process.getuid?.()) return false;
    const owner = (await readText(join(folder, OWNER))).trim();
    const self = processIdentity('self');
    const [pid = '', , space] = owner.split(' ');
    // Without a readable owner nothing can be told; in another space of process ids the number means somebody else.
    if (self === undefined || space === undefined || space !== self.split(' ')[2]) return false;
    return processIdentity(pid) !== owner;
  } catch {
    return false;
  }
}

/** Asks a master to end. That has no time limit of its own in OpenSSH. */
async function farewell(ssh: string, socket: string): Promise<void> {
  if ((await lstat(socket).catch(() => undefined))?.isSocket() !== true) return;
  const child = spawn(ssh, ['-F', 'none', '-S', socket, '-O', 'exit', 'any'], { stdio: 'ignore' });
  const bound = setTimeout(() => child.kill('SIGKILL'), FAREWELL_MS);
  await once(child, 'close').catch(() => undefined);
  clearTimeout(bound);
}
