// Compiles and runs the tests with every version of Node.js that pipefleet supports, the oldest first. The versions come
// from npm into .cache/node; no install script runs. Arguments go to jest.
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { inCheckout } from './lib/checkout.mjs';
import { runHere, runNpm } from './lib/child.mjs';
import { prepare } from './lib/prepare.mjs';
import { fail, say } from './lib/say.mjs';

const VERSIONS = ['20.11', '22', '24'];

if (await prepare()) {
  const failed = [];
  for (const version of VERSIONS) {
    say(`\n== Node.js ${version}`);
    if (!(await passes(version, process.argv.slice(2)))) failed.push(version);
  }
  if (failed.length > 0) fail(`\nFailed with Node.js ${failed.join(', ')}.`);
  else say(`\nPassed with Node.js ${VERSIONS.join(', ')}.`);
}

/**
 * @param {string} version
 * @param {readonly string[]} args for jest
 */
async function passes(version, args) {
  const bin = await fetchNode(version);
  if (bin === undefined) return false;
  const node = join(bin, 'node');
  // The tests start programs with this Node as well.
  const environment = { PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` };
  const steps = [
    ['--version'],
    [inCheckout('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json', '--noEmit'],
    [inCheckout('dist', 'bin', 'pipefleet.js'), '--version'],
    ['--experimental-vm-modules', '--no-warnings=ExperimentalWarning', ...jest(args)],
  ];
  for (const step of steps) {
    if ((await runHere(node, step, environment)) !== 0) return false;
  }
  return true;
}

/** @param {readonly string[]} args */
function jest(args) {
  return [inCheckout('node_modules', 'jest', 'bin', 'jest.js'), ...args];
}

/**
 * @param {string} version
 * @returns {Promise<string | undefined>} the folder that holds `node`
 */
async function fetchNode(version) {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = inCheckout('.cache', 'node', version);
  const bin = join(folder, 'node_modules', name, 'bin');
  if (existsSync(join(bin, 'node'))) return bin;
  await mkdir(folder, { recursive: true });
  const code = await runNpm(
    'install',
    '--prefix',
    folder,
    '--ignore-scripts',
    '--no-save',
    `${name}@${version}`,
  );
  return code === 0 && existsSync(join(bin, 'node')) ? bin : undefined;
}
