import type { FaultSchedule } from '../faults.js';

/** A node that nothing ever befalls. */
export const NO_FAULTS: FaultSchedule = {
  at: () => undefined,
  during: () => [],
  lastBefore: () => undefined,
};
