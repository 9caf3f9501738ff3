import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { findTool, type ToolName } from '../../stack/tools.js';

/**
 * Starts a tool and waits until it answers over HTTP.
 *
 * @param cleanups is given what ends it, as soon as it runs
 * @param readyUrl answered with a good status once it is ready
 * @throws when it ends before it is ready; the message holds what it said
 */
export async function startTool(
  cleanups: (() => unknown)[],
  name: ToolName,
  args: readonly string[],
  readyUrl: string,
): Promise<void> {
  const child = spawn(await findTool(name), args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const ended = once(child, 'exit');
  cleanups.push(() => {
    child.kill('SIGKILL');
    return ended;
  });
  const isReady = (): Promise<boolean> =>
    fetch(readyUrl).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isReady())) {
    if (child.exitCode !== null) throw new Error(`${name} ended: ${log}`);
    await sleep(100);
  }
}
