// npm test: installs, compiles and fetches what the tests need, then runs them. Arguments go to jest.
import { mkdir, readFile, rm } from 'node:fs/promises';
import { inCheckout, load } from './lib/checkout.mjs';
import { runHere } from './lib/child.mjs';
import { prepare } from './lib/prepare.mjs';
import { say } from './lib/say.mjs';

const results = inCheckout('.cache', 'test-results.json');

if (await prepare()) {
  await fetchTools();
  process.exitCode = await runJest(process.argv.slice(2));
}

/** A tool that cannot be had is said here; the tests that need it then fail with the same sentence. */
async function fetchTools() {
  const { findTool, toolNames } = await load('dist', 'stack', 'tools.js');
  const missing = new Set();
  for (const name of toolNames) {
    await findTool(name, say).catch((/** @type {Error} */ error) => missing.add(error.message));
  }
  for (const sentence of missing) say(sentence);
}

/**
 * @param {readonly string[]} args
 * @returns {Promise<number>} jest's exit status
 */
async function runJest(args) {
  await mkdir(inCheckout('.cache'), { recursive: true });
  await rm(results, { force: true });
  const jest = inCheckout('node_modules', 'jest', 'bin', 'jest.js');
  const node = ['--experimental-vm-modules', '--no-warnings=ExperimentalWarning'];
  const code = await runHere(process.execPath, [...node, jest, '--json', `--outputFile=${results}`, ...args]);
  const text = await readFile(results, 'utf8').catch(() => undefined);
  if (text !== undefined) {
    const { numPassedTests, numFailedTests } = JSON.parse(text);
    say(`${numPassedTests} passed, ${numFailedTests} failed`);
  }
  return code;
}
