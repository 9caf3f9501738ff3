import { access, constants } from 'node:fs/promises';
import { build } from './build.mjs';
import { checkout } from './checkout.mjs';
import { installDependencies } from './dependencies.mjs';
import { checkNodeVersion } from './node-version.mjs';
import { fail } from './say.mjs';

/**
 * Everything that must be so before anything of pipefleet can run from a fresh clone.
 *
 * @returns {Promise<boolean>} false when it cannot be had; the reason has been said
 */
export async function prepare() {
  return checkNodeVersion() && (await isWritable()) && (await installDependencies()) && (await build());
}

/** Everything is written into the checkout. */
async function isWritable() {
  try {
    await access(checkout, constants.W_OK);
    return true;
  } catch {
    fail(`This account may not write in ${checkout}: clone the repository into a folder of your own.`);
    return false;
  }
}
