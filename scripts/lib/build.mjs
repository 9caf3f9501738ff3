import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { checkout, inCheckout } from './checkout.mjs';
import { runHere } from './child.mjs';
import { fail, say } from './say.mjs';

/** Holds the fingerprint of the sources that dist was made of. */
const STAMP = 'dist/.sources';

/**
 * Compiles src to dist when something changed since the last time. dist is replaced whole: nothing of a deleted source
 * stays, and a build that fails leaves the old one.
 *
 * @returns {Promise<boolean>} false when it does not compile
 */
export async function build() {
  const sources = await fingerprint();
  if ((await readFile(inCheckout(STAMP), 'utf8').catch(() => '')) === sources) return true;

  say('Compiling src to dist.');
  const fresh = inCheckout('.cache', `dist-${process.pid}`);
  try {
    const tsc = inCheckout('node_modules', 'typescript', 'bin', 'tsc');
    const code = await runHere(process.execPath, [
      tsc,
      '-p',
      'tsconfig.build.json',
      '--outDir',
      fresh,
      '--noEmitOnError',
    ]);
    if (code !== 0) {
      fail('The sources do not compile: see above.');
      return false;
    }
    const assets = inCheckout('src', 'http', 'assets');
    if (existsSync(assets)) await cp(assets, join(fresh, 'http', 'assets'), { recursive: true });
    await writeFile(join(fresh, '.sources'), sources);
    await replace(fresh, inCheckout('dist'));
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return true;
}

/**
 * @param {string} fresh folder that takes the place of
 * @param {string} place which may exist
 */
async function replace(fresh, place) {
  const old = inCheckout('.cache', `dist-old-${process.pid}`);
  if (existsSync(place)) await rename(place, old);
  await rename(fresh, place);
  await rm(old, { recursive: true, force: true });
}

/** A digest of everything that the build reads. */
async function fingerprint() {
  await mkdir(inCheckout('.cache'), { recursive: true });
  const entries = await readdir(inCheckout('src'), { recursive: true, withFileTypes: true });
  const sources = entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  const files = ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'].map((name) => inCheckout(name));
  const digest = createHash('sha256');
  for (const file of [...files, ...sources].sort()) {
    digest.update(`${relative(checkout, file)}\0`).update(await readFile(file));
  }
  return digest.digest('hex');
}
