import type { LimitFunction } from 'p-limit';
import { orTimeout } from './or-timeout.js';
import type { Stage } from './stage.js';

/**
 * Waits for a place, but not past the abort; gives back how to leave it.
 *
 * @throws {SshFailure} that names the phase of the clock
 */
export async function takePlace(
  lane: LimitFunction,
  stage: Pick<Stage, 'clock' | 'signal'>,
): Promise<() => void> {
  const taken = new Promise<() => void>((resolve) => {
    void lane(() => new Promise<void>(resolve));
  });
  try {
    return await orTimeout(taken, stage);
  } catch (error) {
    void taken.then((release) => release());
    throw error;
  }
}
