import type { Files } from './renderer.js';

/** Kernel settings: the default, and what guides to the node software advise. */
const SETTINGS: Readonly<Record<string, readonly [usual: string, advised: string]>> = {
  'net/ipv4/ip_local_port_range': ['32768\t60999', '1024\t65535'],
  'net/core/somaxconn': ['4096', '65535'],
  'net/core/rmem_max': ['212992', '16777216'],
  'net/core/wmem_max': ['212992', '16777216'],
  'net/ipv4/tcp_low_latency': ['0', '1'],
  'net/ipv4/tcp_fastopen': ['1', '3'],
  'net/ipv4/tcp_slow_start_after_idle': ['1', '0'],
  'net/ipv4/tcp_window_scaling': ['1', '1'],
  'net/ipv4/tcp_rmem': ['4096\t131072\t6291456', '4096\t87380\t16777216'],
  'net/ipv4/tcp_wmem': ['4096\t16384\t4194304', '4096\t65536\t16777216'],
  'net/ipv4/tcp_congestion_control': ['cubic', 'bbr'],
};

/** Files below /proc/sys that the collector `host-tuning` reads. */
export const hostTuning: Files = {
  ...Object.fromEntries(
    Object.entries(SETTINGS).map(([name, [usual, advised]]) => [
      `/proc/sys/${name}`,
      (_, { tuned }) => `${tuned ? advised : usual}\n`,
    ]) satisfies [string, Files[string]][],
  ),
  '/proc/sys/vm/swappiness': '60\n',
  '/proc/sys/fs/file-max': '9223372036854775807\n',
};
