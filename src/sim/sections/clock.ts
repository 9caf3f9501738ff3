import { between } from '../random.js';
import type { NodeState } from '../node-state.js';
import type { NodeProfile } from '../profile.js';
import type { Renderer } from './renderer.js';

/** Seconds between two questions of systemd-timesyncd to its server, at most. */
const POLL_SECONDS = 2_048;
/** Seconds from boot to the first answer. */
const FIRST_SECONDS = 20;
/** By how much an unwatched clock may get wrong, as the kernel counts. */
const ERROR_A_SECOND = 500;
/** STA_NANO and STA_PLL of adjtimex(2). */
const STATUS = 0x2001;

/** When the clock was last set. */
export function lastSync({ seconds, bootSeconds }: NodeState, { phase }: NodeProfile): number {
  const shift = phase * POLL_SECONDS;
  const poll = Math.floor((seconds - shift) / POLL_SECONDS) * POLL_SECONDS + shift;
  return Math.min(seconds, Math.max(poll, bootSeconds + FIRST_SECONDS));
}

/** What the script of the collector `time` prints where there is perl: the fields of adjtimex(2). */
export const time: Renderer = (state, profile) => {
  const sync = lastSync(state, profile);
  const second = Math.floor(state.seconds);
  const nanosecond = Math.floor((state.seconds - second) * 1e9);
  const offset = Math.round(between(-400_000, 400_000, profile.hostname, Math.floor(sync)));
  const frequency = Math.round((profile.phase - 0.5) * 40 * 65_536);
  const error = 15_000 + Math.round((state.seconds - sync) * ERROR_A_SECOND);
  return `timex 0 ${offset} ${frequency} ${error} 0 ${STATUS} 7 1 32768000 ${second} ${nanosecond} 10000 0 0 0 0 0 0 0 0 37\n`;
};

/** What the script of the collector `host-clock` prints. */
export const hostClock: Renderer = (state, profile) =>
  `daemon systemd-timesyncd\ntimesync ${Math.floor(lastSync(state, profile))}\n`;
