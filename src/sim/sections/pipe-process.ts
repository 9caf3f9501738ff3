import { type Renderer, whole } from './renderer.js';
import { softwarePid, softwareThreads } from './tasks.js';

/** Ticks a second, see proc_stat(5). */
const USER_HZ = 100;
/** Share of the CPU time in user mode. */
const USER = 0.74;
const PAGE_BYTES = 4_096;
/** Address space that a program with many threads reserves beside what it uses. */
const RESERVED_BYTES = 3 * 2 ** 30;
/** Files that are open beside connections: sockets that listen, logs, what the runtime needs. */
const OTHER_FILES = 41;

/** What the script of the collector `pipe-process` prints about the one process of the node software, while it runs. */
export const pipeProcess: Renderer = (state, profile) => {
  const { software, bootSeconds, network } = state;
  if (software.startSeconds === undefined) return '';
  const pid = softwarePid(state);
  const ticks = software.cpuSeconds * USER_HZ;
  const start = Math.max(0, (software.startSeconds - bootSeconds) * USER_HZ);
  const pages = Math.floor(software.memoryBytes / PAGE_BYTES);
  const threads = softwareThreads(state, profile);
  const folder = `/proc/${pid}`;
  return `${folder}/stat:${pid} (pop) S 1 ${pid} ${pid} 0 -1 4194560 ${pages * 2} 0 31 0 ${whole(ticks * USER)} ${whole(ticks * (1 - USER))} 0 0 20 0 ${threads} 0 ${whole(start)} ${whole(RESERVED_BYTES + software.memoryBytes)} ${pages} 18446744073709551615 1 1 0 0 0 0 0 4096 17642 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0
${folder}/status:VmRSS:\t${String(pages * 4).padStart(8)} kB
${folder}/limits:Max open files            65535                65535                files     \n\
${folder}/cgroup:0::/system.slice/popcache.service
${folder}/fd ${OTHER_FILES + network.connections}
`;
};
