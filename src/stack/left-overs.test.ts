import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { endLeftOvers, STACK_FOLDER } from './left-overs.js';

test('ends the programs that an earlier start of the same folder left, and no others', async () => {
  const start = async (folder: string): Promise<{ pid: number; ended: Promise<unknown> }> => {
    const env = { ...process.env, [STACK_FOLDER]: folder };
    const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => undefined, 1000)'], {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const ended = once(child, 'exit');
    await once(child.stdout, 'data');
    return { pid: child.pid ?? NaN, ended };
  };
  const [ours, other] = [await start('/somewhere/.run/demo'), await start('/somewhere/.run/demo2')];
  const said: string[] = [];
  await endLeftOvers('/somewhere/.run/demo', (line) => said.push(line));
  expect(said).toEqual([`Ending what an earlier start left (process ${ours.pid}).`]);
  await expect(ours.ended).resolves.toEqual([null, 'SIGTERM']);
  expect(process.kill(other.pid)).toBe(true);
  await other.ended;
  await endLeftOvers('/somewhere/.run/demo', (line) => said.push(line));
  expect(said).toHaveLength(1);
});
