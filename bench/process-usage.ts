import { readFileSync } from 'node:fs';

/** What a process has used so far, and holds. */
export interface Usage {
  /** User and system, of all threads; the kernel counts in hundredths. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  /** The most that was resident at a time. */
  readonly peakBytes: number;
}

/** Reads it from /proc, see proc(5). @throws when the process has ended */
export function usageOf(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const bytes = (name: string): number =>
    1024 * Number(new RegExp(`^${name}:\\s+(?<kib>\\d+)`, 'm').exec(status)?.groups?.['kib']);
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100,
    residentBytes: bytes('VmRSS'),
    peakBytes: bytes('VmHWM'),
  };
}
