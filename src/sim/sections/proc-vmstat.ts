import { type Renderer, uptimeOf, whole } from './renderer.js';

const PAGE_BYTES = 4_096;

/** /proc/vmstat, see proc_vmstat(5): the fields that go by the traffic and the memory. The node has no swap. */
export const procVmstat: Renderer = (state) => {
  const { memory, disk, forks, network } = state;
  const faults = forks * 1_900 + network.requests * 22 + uptimeOf(state) * 140;
  const fields: Readonly<Record<string, number>> = {
    nr_free_pages: memory.free / PAGE_BYTES,
    nr_file_pages: (memory.cached + memory.buffers) / PAGE_BYTES,
    nr_dirty: 341,
    nr_writeback: 0,
    pgpgin: disk.readBytes / 1_024,
    pgpgout: disk.writtenBytes / 1_024,
    pswpin: 0,
    pswpout: 0,
    pgalloc_normal: faults * 1.3,
    pgfree: faults * 1.4,
    pgfault: faults,
    pgmajfault: 2_300 + faults * 0.000_2,
    pgscan_kswapd: disk.readBytes / PAGE_BYTES / 5,
    pgsteal_kswapd: disk.readBytes / PAGE_BYTES / 6,
    oom_kill: 0,
    numa_hit: faults * 1.3,
  };
  let text = '';
  for (const field in fields) text += `${field} ${whole(fields[field] ?? 0)}\n`;
  return text;
};
