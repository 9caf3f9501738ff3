import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { SshFailure } from '../ssh-failure.js';

/** The absolute paths of the programs that the backend runs. */
export interface Programs {
  readonly ssh: string;
  /** Of util-linux: ends a program with the process that started it. Undefined where there is none. */
  readonly setpriv: string | undefined;
}

/**
 * Finds the programs on PATH.
 *
 * @throws {SshFailure} `credential` when there is no ssh
 */
export async function findPrograms(environment: NodeJS.ProcessEnv = process.env): Promise<Programs> {
  const folders = (environment['PATH'] ?? '').split(delimiter).filter(isAbsolute);
  const ssh = await find('ssh', folders);
  if (ssh === undefined) {
    throw new SshFailure(
      'credential',
      'The backend openssh needs the program ssh, which is not on PATH; install openssh-client, or set backend: ssh2.',
    );
  }
  return { ssh, setpriv: process.platform === 'linux' ? await find('setpriv', folders) : undefined };
}

async function find(name: string, folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) {
    const program = join(folder, name);
    if (
      await access(program, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return program;
  }
  return undefined;
}

/**
 * What a client of OpenSSH sees of our environment: nothing that could hold a passphrase, and no language but that of the log which
 * is read.
 */
export function clientEnvironment(environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const kept = ['HOME', 'LOGNAME', 'PATH', 'SSH_AUTH_SOCK', 'USER'].map((name) => [name, environment[name]]);
  return { ...(Object.fromEntries(kept) as NodeJS.ProcessEnv), LC_ALL: 'C' };
}
