import { findProgram } from './find-program.js';

/**
 * Words before a command that end it with the process that starts it, even when that is killed: `setpriv` of util-linux, which becomes
 * the program itself. None where there is no setpriv.
 */
export async function endsWithParent(
  environment: NodeJS.ProcessEnv = process.env,
): Promise<readonly string[]> {
  const setpriv = process.platform === 'linux' ? await findProgram('setpriv', environment) : undefined;
  return setpriv === undefined ? [] : [setpriv, '--pdeathsig', 'TERM', '--'];
}
