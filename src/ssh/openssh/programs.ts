import { endsWithParent } from '../../core/ends-with-parent.js';
import { findProgram } from '../../core/find-program.js';
import { SshFailure } from '../ssh-failure.js';

/** The absolute paths of the programs that the backend runs. */
export interface Programs {
  readonly ssh: string;
  /** Words before a command that end it with this process, see {@link endsWithParent}. */
  readonly withUs: readonly string[];
}

/**
 * Finds the programs on PATH.
 *
 * @throws {SshFailure} `credential` when there is no ssh
 */
export async function findPrograms(environment: NodeJS.ProcessEnv = process.env): Promise<Programs> {
  const ssh = await findProgram('ssh', environment);
  if (ssh === undefined) {
    throw new SshFailure(
      'credential',
      'The backend openssh needs the program ssh, which is not on PATH; install openssh-client, or set backend: ssh2.',
    );
  }
  return { ssh, withUs: await endsWithParent(environment) };
}

/**
 * What a client of OpenSSH sees of our environment: nothing that could hold a passphrase, and no language but that of the log which
 * is read.
 */
export function clientEnvironment(environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const kept = ['HOME', 'LOGNAME', 'PATH', 'SSH_AUTH_SOCK', 'USER'].map((name) => [name, environment[name]]);
  return { ...(Object.fromEntries(kept) as NodeJS.ProcessEnv), LC_ALL: 'C' };
}
