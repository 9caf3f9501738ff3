import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { checkoutFolder } from '../stack/checkout.js';

const MODULE = join(checkoutFolder(), 'dist/bin/last-resort.js');
const LOGGER = join(checkoutFolder(), 'dist/core/logger.js');

/** Runs a line of a program that has a last resort. */
function run(line: string): Promise<{ code: unknown; stdout: string; stderr: string }> {
  const program = `import { installLastResort } from ${JSON.stringify(MODULE)};
import { createLogger } from ${JSON.stringify(LOGGER)};
let counted = 0;
installLastResort(createLogger(), () => counted++);
${line}
setTimeout(() => console.log('still here,', counted, 'counted'), 50);`;
  return new Promise((resolve) => {
    execFile(process.execPath, ['--input-type=module', '-e', program], (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

test('a promise that nobody waits for is logged and counted, and the process goes on', async () => {
  const { code, stdout, stderr } = await run("void Promise.reject(new Error('forgotten'));");
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'still here, 1 counted\n' });
  expect(JSON.parse(stderr)).toMatchObject({ level: 'error', err: { message: 'forgotten' } });
});

test('an exception that nobody catches is logged, and ends the process', async () => {
  const { code, stdout, stderr } = await run("setImmediate(() => { throw new Error('broken'); });");
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(JSON.parse(stderr)).toMatchObject({ level: 'fatal', err: { message: 'broken' } });
});
