import type { NodeState } from '../node-state.js';
import type { NodeProfile } from '../profile.js';

const DAY = 86_400;
/** Days from one installation of updates to the next. */
const UPDATE_DAYS = 14;
/** Day after which one of the waiting updates has replaced a library that runs. */
const REBOOT_DAY = 11;
/** Certificates are valid for 90 days and renewed after 60; late ones in the last days of a week. */
const VALID_DAYS = 90;
const RENEWAL_DAYS = 60;
const WEEK_DAYS = 7;
const LATE_DAYS = 3;

/** What the administrator of a simulated node, or his timers, have left behind. */
export interface Upkeep {
  readonly updates: { readonly pending: number; readonly security: number; readonly checkedSeconds: number };
  readonly rebootRequired: boolean;
  /** When the identity was last backed up; undefined where it never was. */
  readonly backupSeconds: number | undefined;
  readonly certificateEndSeconds: number;
}

/** What has been done on a node by then, and what has not: a pure function of time. */
export function upkeepOf({ seconds, bootSeconds }: NodeState, { phase, blemish }: NodeProfile): Upkeep {
  const updateStart = beginOf(UPDATE_DAYS, seconds, phase);
  const updateDays = (seconds - updateStart) / DAY;
  const late = beginOf(WEEK_DAYS, seconds, phase) + (WEEK_DAYS + LATE_DAYS) * DAY;
  return {
    updates: {
      pending: Math.floor(updateDays * 0.9),
      security: Math.floor(updateDays * 0.25),
      checkedSeconds: beginOf(1, seconds, phase),
    },
    rebootRequired: updateDays > REBOOT_DAY && bootSeconds < updateStart + REBOOT_DAY * DAY,
    backupSeconds: blemish === 'no_backup' ? undefined : beginOf(1, seconds, (phase + 0.4) % 1),
    certificateEndSeconds:
      blemish === 'late_certificate' ? late : beginOf(RENEWAL_DAYS, seconds, phase) + VALID_DAYS * DAY,
  };
}

/** The begin of the current period of so many days. */
function beginOf(days: number, seconds: number, phase: number): number {
  const period = days * DAY;
  return (Math.floor(seconds / period - phase) + phase) * period;
}
