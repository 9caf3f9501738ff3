import { spawn } from 'node:child_process';
import { checkout } from './checkout.mjs';

/**
 * Runs a program in the checkout, on the same screen, and waits for it. A signal for this process is passed on.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [environment] added to this process's
 * @returns {Promise<number>} its exit status; 1 when a signal ended it
 */
export function runHere(program, args, environment = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: checkout,
      stdio: 'inherit',
      env: { ...process.env, ...environment },
    });
    const pass = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal);
    process.on('SIGTERM', pass).on('SIGINT', pass);
    child.on('error', reject);
    child.on('close', (code) => {
      process.off('SIGTERM', pass).off('SIGINT', pass);
      resolve(code ?? 1);
    });
  });
}

/**
 * Runs npm with the Node that runs this script.
 *
 * @param {...string} args
 * @returns {Promise<number>} its exit status
 */
export function runNpm(...args) {
  const npm = process.env['npm_execpath'];
  return npm?.endsWith('.js') ? runHere(process.execPath, [npm, ...args]) : runHere('npm', args);
}
