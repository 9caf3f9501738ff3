import { readFileSync } from 'node:fs';
import { inCheckout } from './checkout.mjs';
import { fail } from './say.mjs';

/**
 * Whether this Node is new enough for package.json's `engines`; says so when it is not.
 *
 * @returns {boolean}
 */
export function checkNodeVersion() {
  const { engines } = JSON.parse(readFileSync(inCheckout('package.json'), 'utf8'));
  const wanted = engines.node.replace('>=', '').split('.').map(Number);
  const running = process.versions.node.split('.').map(Number);
  for (const [index, number] of wanted.entries()) {
    if (running[index] > number) return true;
    if (running[index] < number) {
      fail(`pipefleet needs Node.js ${wanted.join('.')} or newer; this is ${process.versions.node}.`);
      return false;
    }
  }
  return true;
}
