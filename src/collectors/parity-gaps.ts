/** Series that node_exporter gives by default and a node here does not, and why. */
export interface ParityGap {
  /** Matches the beginning of the name of a metric. */
  readonly pattern: RegExp;
  /** One sentence for docs/metrics.md. */
  readonly reason: string;
}

/** parity.test.ts accepts no other gap, and docs/metrics.md lists these. */
export const PARITY_GAPS: readonly ParityGap[] = [
  {
    pattern: /^node_time_zone_offset_seconds/,
    reason: 'It is the time zone of the exporter process itself; scripts on a node run in UTC.',
  },
  { pattern: /^node_power_supply_/, reason: 'Rented machines have no batteries.' },
  { pattern: /^node_rapl_/, reason: 'Only root may read the energy counters.' },
  {
    pattern: /^node_nvme_namespace_used_bytes/,
    reason: 'The kernel asks the controller for it, which can block.',
  },
  {
    pattern:
      /^node_hwmon_(?:humidity|intrusion|beep|cpu|voltage_reg|update_int|pwm_|\w+_(?:beep|type|offset|alarm))/,
    reason:
      'Settings and rare sensors; of alarms, that of a sensor as a whole and of a critical temperature are there.',
  },
  {
    pattern: /^node_(?:bcache|bcachefs|btrfs|zfs)_/,
    reason: 'File systems that nodes were not seen to use; how full they are is in node_filesystem_*.',
  },
  {
    pattern: /^node_(?:nfs|nfsd|ipvs|infiniband|fibrechannel|tape|dmmultipath|pcidevice)_/,
    reason: 'Hardware and services that a rented node does not have.',
  },
  {
    pattern: /^node_processes_(?:threads_)?state/,
    reason: 'They would need a file of each process.',
  },
];
