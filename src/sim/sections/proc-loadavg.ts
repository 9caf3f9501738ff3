import { type Renderer, whole } from './renderer.js';

/** /proc/loadavg, see proc_loadavg(5). */
export const procLoadavg: Renderer = ({ load, running, forks }) => {
  const averages = load.map((value) => value.toFixed(2)).join(' ');
  return `${averages} ${running}/214 ${whole(forks % 4_194_304)}\n`;
};
