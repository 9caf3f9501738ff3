import type { FailureReason } from '../core/failure.js';
import type { PhaseClock } from './phase-clock.js';

/** What bounds a stage of a dial, and what tells how far it is. */
export interface Stage {
  readonly clock: PhaseClock;
  readonly signal: AbortSignal;
  /** Why the dial before this one failed, if it did: what failed once is kept out of the way of what did not. */
  readonly lastReason: FailureReason | undefined;
}
