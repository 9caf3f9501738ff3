import { isAbsolute, join } from 'node:path';
import { makePrivateFolder } from '../core/private-folder.js';

/** Where the command line finds the folder of its user. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absolute path of the user's home folder. */
  readonly home: string;
}

/**
 * The folder for what the command line remembers: `$XDG_STATE_HOME/pipefleet`, else `~/.local/state/pipefleet`. A relative
 * XDG_STATE_HOME counts for none, as the XDG Base Directory Specification demands.
 */
export function stateFolder({ environment, home }: Surroundings): string {
  const base = environment['XDG_STATE_HOME'] ?? '';
  return join(isAbsolute(base) ? base : join(home, '.local/state'), 'pipefleet');
}

/** The same folder, made private when it is missing. Throws what the system says when it cannot be made. */
export async function makeStateFolder(surroundings: Surroundings): Promise<string> {
  const folder = stateFolder(surroundings);
  await makePrivateFolder(folder);
  return folder;
}
