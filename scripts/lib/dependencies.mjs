import { readFile } from 'node:fs/promises';
import { inCheckout } from './checkout.mjs';
import { runNpm } from './child.mjs';
import { fail, say } from './say.mjs';

/**
 * Installs what package-lock.json names, unless it lies in node_modules already.
 *
 * @returns {Promise<boolean>} false when npm failed
 */
export async function installDependencies() {
  if (await areInstalled()) return true;
  say('Installing dependencies (npm ci).');
  if ((await runNpm('ci', '--include=dev', '--no-audit', '--no-fund')) === 0) return true;
  fail('The dependencies could not be installed: npm says why above.');
  return false;
}

/** Compares the lock file with npm's own record of what it installed, which it writes last. */
async function areInstalled() {
  const [wanted, installed] = await Promise.all([
    readPackages('package-lock.json'),
    readPackages('node_modules/.package-lock.json'),
  ]);
  if (installed === undefined || wanted === undefined) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const found = installed[path];
    // What another platform needs is not installed here.
    return found === undefined ? entry.optional === true : found.version === entry.version;
  });
}

/**
 * @param {string} file a lock file of npm
 * @returns {Promise<Record<string, { version: string, optional?: boolean }> | undefined>}
 */
async function readPackages(file) {
  try {
    return JSON.parse(await readFile(inCheckout(file), 'utf8')).packages;
  } catch {
    return undefined;
  }
}
