import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Say } from './say.js';

/** Every program of a stack has this in its environment: the folder that the stack writes into. */
export const STACK_FOLDER = 'PIPEFLEET_STACK_FOLDER';

const POLL_MS = 100;
const GRACE_MS = 10_000;

/**
 * Ends the programs that an earlier start left running: when it was killed, they may still be writing what they hold. For the one
 * process that holds the lock of the folder.
 *
 * @param folder as the programs have it in their environment
 * @param say told what is ended
 */
export async function endLeftOvers(folder: string, say: Say): Promise<void> {
  const mark = `${STACK_FOLDER}=${folder}`;
  const found = await marked(mark);
  if (found.length === 0) return;
  say(`Ending what an earlier start left (${found.map((pid) => `process ${pid}`).join(', ')}).`);
  for (const pid of found) signal(pid, 'SIGTERM');
  for (let waited = 0; (await marked(mark)).length > 0; waited += POLL_MS) {
    if (waited === GRACE_MS) for (const pid of await marked(mark)) signal(pid, 'SIGKILL');
    await delay(POLL_MS);
  }
}

/** Other processes of this account that have the mark. None where there is no /proc. */
async function marked(mark: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
  const isMarked = async (pid: number): Promise<boolean> => {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    return pid !== process.pid && environment.split('\0').includes(mark);
  };
  const marks = await Promise.all(pids.map(isMarked));
  return pids.filter((_, index) => marks[index]);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile.
  }
}
