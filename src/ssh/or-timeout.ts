import { unlessAborted } from '../core/deadline.js';
import { dialAborted } from './dial-failures.js';
import type { Stage } from './stage.js';

/**
 * Waits, but not past the abort. What was waited for goes on; its failure is nobody's then.
 *
 * @throws {SshFailure} that names the phase when the signal was aborted first; else what the promise rejects with
 */
export async function orTimeout<T>(
  promise: Promise<T>,
  { clock, signal }: Pick<Stage, 'clock' | 'signal'>,
): Promise<T> {
  const held = promise.then((value) => ({ value }));
  held.catch(() => undefined);
  const ended = await unlessAborted(held, signal);
  if (ended === undefined) throw dialAborted(clock, signal);
  return ended.value;
}
