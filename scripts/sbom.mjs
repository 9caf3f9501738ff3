// node scripts/sbom.mjs [FILE]: the software bill of materials of what runs, as CycloneDX JSON, from package-lock.json. The same lock
// file gives the same bytes. Without FILE it goes to standard output.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { checkout, inCheckout } from './lib/checkout.mjs';
import { fail, say } from './lib/say.mjs';

const [file] = process.argv.slice(2);
const npm = process.env['npm_execpath'];
// Not `--omit dev`: with it npm 11 forgets what both running and development need, such as debug and ms.
const ARGUMENTS = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];

try {
  const [program, ...before] = npm?.endsWith('.js') ? [process.execPath, npm] : ['npm'];
  const { stdout } = await promisify(execFile)(program, [...before, ...ARGUMENTS], {
    cwd: checkout,
    maxBuffer: 64 * 1024 * 1024,
  });
  const text = `${JSON.stringify(await mended(JSON.parse(stdout)), undefined, 2)}\n`;
  if (file === undefined) process.stdout.write(text);
  else {
    await writeFile(file, text);
    say(`Wrote ${file}.`);
  }
} catch (error) {
  fail(`npm could not list the packages: ${error instanceof Error ? error.message : String(error)}`);
}

/**
 * npm takes the name of the folder for that of the project, draws a number and the time anew, passes over licences in the form of before
 * 2014, and lists what is for development too.
 *
 * @param {any} bom
 */
async function mended(bom) {
  const { name, version } = JSON.parse(await readFile(inCheckout('package.json'), 'utf8'));
  Object.assign(bom.metadata.component, { name, version });
  const epoch = process.env['SOURCE_DATE_EPOCH'];
  if (epoch === undefined) delete bom.metadata.timestamp;
  else bom.metadata.timestamp = new Date(Number(epoch) * 1000).toISOString();
  // Which npm it was says nothing of the packages.
  delete bom.metadata.tools;
  const runs = await runTime();
  bom.components = bom.components.filter((/** @type {any} */ one) => runs.has(`${one.name}@${one.version}`));
  const refs = new Set([
    bom.metadata.component['bom-ref'],
    ...bom.components.map((/** @type {any} */ one) => one['bom-ref']),
  ]);
  bom.dependencies = bom.dependencies
    .filter((/** @type {any} */ { ref }) => refs.has(ref))
    .map((/** @type {any} */ { ref, dependsOn }) => ({
      ref,
      dependsOn: dependsOn.filter((/** @type {string} */ to) => refs.has(to)),
    }));
  for (const component of bom.components) {
    if (component.licenses !== undefined) continue;
    const stated = await licencesOf(component.name);
    if (stated.length > 0) component.licenses = stated.map((id) => ({ license: { id } }));
  }
  delete bom.serialNumber;
  const digest = createHash('sha256').update(JSON.stringify(bom)).digest('hex');
  // A name-based number of version 8 (RFC 9562).
  const parts = [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `8${digest.slice(13, 16)}`,
    `a${digest.slice(17, 20)}`,
  ];
  const { $schema, bomFormat, specVersion, ...rest } = bom;
  return {
    $schema,
    bomFormat,
    specVersion,
    serialNumber: `urn:uuid:${[...parts, digest.slice(20, 32)].join('-')}`,
    ...rest,
  };
}

/** What an installation for running has, as name@version. */
async function runTime() {
  const { packages } = JSON.parse(await readFile(inCheckout('package-lock.json'), 'utf8'));
  /** @type {[string, any][]} */
  const entries = Object.entries(packages);
  const names = entries
    .filter(([place, { dev }]) => place !== '' && dev !== true)
    .map(([place, { version }]) => `${place.replace(/^.*node_modules\//, '')}@${version}`);
  return new Set(names);
}

/**
 * @param {string} name of a package that is installed
 * @returns {Promise<string[]>}
 */
async function licencesOf(name) {
  const text = await readFile(inCheckout('node_modules', name, 'package.json'), 'utf8').catch(() => '{}');
  const { licenses = [] } = JSON.parse(text);
  return licenses.map((/** @type {{ type: string }} */ { type }) => type);
}
