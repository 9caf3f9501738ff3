import type { Collector } from './collector.js';
import { cpu } from './cpu.js';
import { diskstats } from './diskstats.js';
import { filesystem } from './filesystem.js';
import { loadavg } from './loadavg.js';
import { meminfo } from './meminfo.js';
import { netdev } from './netdev.js';
import { pipeTestnet } from './pipe-testnet.js';
import { stat } from './stat.js';
import { systemd } from './systemd.js';
import { time } from './time.js';
import { uname } from './uname.js';

/** Every collector, in the order of exposition. One line each; collectors.test.ts compares the list with the folder. */
export const COLLECTORS: readonly Collector[] = [
  cpu,
  loadavg,
  meminfo,
  stat,
  filesystem,
  netdev,
  diskstats,
  time,
  uname,
  systemd,
  pipeTestnet,
];
