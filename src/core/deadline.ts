import type { ProbeAbort } from './exec.js';

export interface Deadline {
  readonly signal: AbortSignal;
  /** Ends the wait for the deadline; nothing is aborted any more. */
  clear(): void;
  /** Nobody waits for the answer any more. */
  cancel(): void;
}

/**
 * A signal that is aborted with reason `deadline` after some seconds, or with `cancelled` when somebody calls `cancel`.
 *
 * @param seconds until the deadline, from now
 */
export function startDeadline(seconds: number): Deadline {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort('deadline' satisfies ProbeAbort), seconds * 1000);
  const clear = (): void => clearTimeout(timer);
  return {
    signal: controller.signal,
    clear,
    cancel: () => {
      clear();
      controller.abort('cancelled' satisfies ProbeAbort);
    },
  };
}

/** Why a signal that {@link startDeadline} made was aborted. */
export function abortReason(signal: AbortSignal): ProbeAbort {
  return signal.reason === 'deadline' ? 'deadline' : 'cancelled';
}

/**
 * Waits for a promise, but no longer than until the signal is aborted. The promise itself goes on.
 *
 * @returns undefined when the signal was aborted first
 */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  if (signal.aborted) return undefined;
  let stop: (() => void) | undefined;
  const aborted = new Promise<undefined>((resolve) => {
    stop = () => resolve(undefined);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    if (stop !== undefined) signal.removeEventListener('abort', stop);
  }
}
