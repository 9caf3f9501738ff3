import { setTimeout as delay } from 'node:timers/promises';
import { PipefleetError } from '../core/errors.js';
import type { Child } from './child.js';

const POLL_MS = 100;
const DEFAULT_TIMEOUT_MS = 60_000;

/**
 * Waits until a program that was just started answers a URL with 2xx.
 *
 * @throws {PipefleetError} `internal` with the program's last words when it ends before, or takes too long
 */
export async function waitUntilReady(
  child: Child,
  url: string,
  timeoutMs = DEFAULT_TIMEOUT_MS,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let end: string | undefined;
  void child.ended.then((how) => (end = how));
  while (!(await answers(url))) {
    if (end !== undefined) throw childFailure(child, end);
    if (Date.now() > deadline)
      throw childFailure(child, `did not answer ${url} within ${timeoutMs / 1000} s`);
    await delay(POLL_MS);
  }
}

/** What to tell about a program that is not there any more: how it ended, its last words, and where the others are. */
export function childFailure(child: Child, how: string): PipefleetError {
  const lines = child.lastLines().map((line) => `\n  | ${line}`);
  return new PipefleetError(
    'internal',
    `${child.name} ${how}; its log is ${child.logPath}${lines.length > 0 ? ', and ends with:' : ', and is empty.'}${lines.join('')}`,
  );
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
