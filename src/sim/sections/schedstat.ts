import { type Renderer, uptimeOf, whole } from './renderer.js';

const NANOSECONDS = 1e9;
/** The kernel's own clock: where it begins at boot, five minutes before 2^32, and how fast it goes. */
const TICKS = 250;
const FIRST_TICK = 2 ** 32 - 300 * TICKS;

/** /proc/schedstat of version 15 without the lines of domains, see the kernel's Documentation/scheduler/sched-stats.rst. */
export const schedstat: Renderer = (state) => {
  const { cpu, contextSwitches } = state;
  const slices = whole((contextSwitches * 0.6) / cpu.length);
  let text = `version 15\ntimestamp ${whole(FIRST_TICK + uptimeOf(state) * TICKS)}\n`;
  for (const [core, { user, system, softirq, waiting }] of cpu.entries()) {
    const running = whole((user + system + softirq) * NANOSECONDS);
    text += `cpu${core} 0 0 0 0 0 0 ${running} ${whole(waiting * NANOSECONDS)} ${slices}\n`;
  }
  return text;
};
