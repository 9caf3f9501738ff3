import type { CpuSeconds } from '../node-state.js';
import { type Renderer, whole } from './renderer.js';

/** Ticks a second, see proc_stat(5). */
const USER_HZ = 100;

/** /proc/stat, see proc_stat(5). */
export const procStat: Renderer = (state) => {
  const cores = state.cpu.map(ticksOf);
  const lines = cores.map((ticks, core) => `cpu${core} ${ticks.join(' ')}\n`);
  const total =
    cores[0]?.map((_, column) => cores.reduce((sum, ticks) => sum + (ticks[column] ?? 0), 0)) ?? [];
  return `cpu  ${total.join(' ')}
${lines.join('')}intr ${whole(state.interrupts)} 0 9 0 0 0 0 0
ctxt ${whole(state.contextSwitches)}
btime ${whole(state.bootSeconds)}
processes ${whole(state.forks)}
procs_running ${state.running}
procs_blocked 0
softirq ${whole(state.interrupts * 0.6)} 0 0 0 0 0 0 0 0 0 0
`;
};

function ticksOf({ user, system, idle, iowait, softirq, steal }: CpuSeconds): number[] {
  return [user, 0, system, idle, iowait, 0, softirq, steal, 0, 0].map((seconds) =>
    Math.floor(seconds * USER_HZ),
  );
}
