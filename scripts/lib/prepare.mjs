import { build } from './build.mjs';
import { installDependencies } from './dependencies.mjs';
import { checkNodeVersion } from './node-version.mjs';

/**
 * Everything that must be so before anything of pipefleet can run from a fresh clone.
 *
 * @returns {Promise<boolean>} false when it cannot be had; the reason has been said
 */
export async function prepare() {
  return checkNodeVersion() && (await installDependencies()) && (await build());
}
