import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { endsWithParent } from './ends-with-parent.js';

test('a program ends with the process that started it, even when that is killed', async () => {
  const command = JSON.stringify([...(await endsWithParent()), 'sleep', '600']);
  const script = `
    const { spawn } = require('node:child_process');
    const [program, ...words] = ${command};
    const child = spawn(program, words, { detached: true, stdio: 'ignore' });
    console.log(child.pid);`;
  const parent = spawn(process.execPath, ['-e', `${script} setInterval(() => undefined, 1000);`], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [printed] = (await once(parent.stdout, 'data')) as [Buffer];
  const stat = (): string => {
    try {
      return readFileSync(`/proc/${Number(printed.toString())}/stat`, 'utf8');
    } catch {
      return '';
    }
  };
  while (!stat().includes('(sleep)')) await new Promise((resolve) => setTimeout(resolve, 10));
  parent.kill('SIGKILL');
  while (stat().includes('(sleep) S')) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(stat()).not.toContain('(sleep) S');
});

test('a command stays as it is where there is no setpriv', async () => {
  await expect(endsWithParent({ PATH: '/nowhere' })).resolves.toEqual([]);
});
