import type { Renderer } from './renderer.js';

/** /proc/meminfo, see proc_meminfo(5). The node has no swap. */
export const procMeminfo: Renderer = ({ memory }) => {
  const { total, free, available, buffers, cached } = memory;
  const taken = total - free - buffers - cached;
  const fields: Readonly<Record<string, number>> = {
    MemTotal: total,
    MemFree: free,
    MemAvailable: available,
    Buffers: buffers,
    Cached: cached,
    SwapCached: 0,
    Active: cached * 0.4 + taken * 0.7,
    Inactive: cached * 0.6,
    'Active(anon)': taken * 0.7,
    'Inactive(anon)': 0,
    'Active(file)': cached * 0.4,
    'Inactive(file)': cached * 0.6,
    Unevictable: 27_648_000,
    Mlocked: 27_648_000,
    SwapTotal: 0,
    SwapFree: 0,
    Dirty: 1_400_000,
    Writeback: 0,
    AnonPages: taken * 0.7,
    Mapped: taken * 0.15,
    Shmem: 4_300_000,
    KReclaimable: cached * 0.04,
    Slab: cached * 0.04 + taken * 0.06,
    SReclaimable: cached * 0.04,
    SUnreclaim: taken * 0.06,
    KernelStack: 5_200_000,
    PageTables: taken * 0.01,
    NFS_Unstable: 0,
    Bounce: 0,
    WritebackTmp: 0,
    CommitLimit: total / 2,
    Committed_AS: taken * 1.4,
    VmallocTotal: 35_184_372_087_808,
    VmallocUsed: 31_000_000,
    VmallocChunk: 0,
    Percpu: 4_700_000,
    AnonHugePages: 0,
  };
  const lines = Object.entries(fields).map(([field, bytes]) =>
    line(field, `${Math.floor(bytes / 1_024)} kB`),
  );
  return `${lines.join('')}${line('HugePages_Total', '0   ')}${line('HugePages_Free', '0   ')}${line('Hugepagesize', '2048 kB')}`;
};

function line(field: string, value: string): string {
  return `${`${field}:`.padEnd(16)}${value.padStart(11).trimEnd()}\n`;
}
