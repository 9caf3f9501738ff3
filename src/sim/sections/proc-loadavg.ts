import { type Renderer, whole } from './renderer.js';
import { threadCount } from './tasks.js';

/** /proc/loadavg, see proc_loadavg(5). */
export const procLoadavg: Renderer = (state, profile) => {
  const { load, running, forks } = state;
  const averages = load.map((value) => value.toFixed(2)).join(' ');
  return `${averages} ${running}/${threadCount(state, profile)} ${whole(forks % 4_194_304)}\n`;
};
