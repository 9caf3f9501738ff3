import type { Collector } from './collector.js';
import { arp } from './arp.js';
import { audit } from './audit.js';
import { bonding } from './bonding.js';
import { conntrack } from './conntrack.js';
import { cpu } from './cpu.js';
import { cpufreq } from './cpufreq.js';
import { cpuinfo } from './cpuinfo.js';
import { diskInfo } from './disk-info.js';
import { diskstats } from './diskstats.js';
import { dmi } from './dmi.js';
import { edac } from './edac.js';
import { entropy } from './entropy.js';
import { filefd } from './filefd.js';
import { filesystem } from './filesystem.js';
import { gate } from './gate.js';
import { hostClock } from './host-clock.js';
import { hostTuning } from './host-tuning.js';
import { hostUpdates } from './host-updates.js';
import { hwmon } from './hwmon.js';
import { kernelHung } from './kernel-hung.js';
import { loadavg } from './loadavg.js';
import { mdadm } from './mdadm.js';
import { meminfo } from './meminfo.js';
import { netclass } from './netclass.js';
import { netdev } from './netdev.js';
import { netstat } from './netstat.js';
import { nvme } from './nvme.js';
import { os } from './os.js';
import { pipeConfig } from './pipe-config.js';
import { pipeProcess } from './pipe-process.js';
import { pipeEarnings } from './pipe-earnings.js';
import { pipeHost } from './pipe-host.js';
import { pipeIdentity } from './pipe-identity.js';
import { pipeListen } from './pipe-listen.js';
import { pipeLog } from './pipe-log.js';
import { pipeNative } from './pipe-native.js';
import { pipeNode } from './pipe-node.js';
import { pipeTls } from './pipe-tls.js';
import { pipeVersion } from './pipe-version.js';
import { pressure } from './pressure.js';
import { processes } from './processes.js';
import { schedstat } from './schedstat.js';
import { selinux } from './selinux.js';
import { sockstat } from './sockstat.js';
import { softnet } from './softnet.js';
import { stat } from './stat.js';
import { systemd } from './systemd.js';
import { thermalZone } from './thermal-zone.js';
import { time } from './time.js';
import { udpQueues } from './udp-queues.js';
import { uname } from './uname.js';
import { vmstat } from './vmstat.js';
import { watchdog } from './watchdog.js';
import { xfs } from './xfs.js';

/** Every collector, in the order of exposition. One line each; collectors.test.ts compares the list with the folder. */
export const COLLECTORS: readonly Collector[] = [
  cpu,
  cpufreq,
  schedstat,
  loadavg,
  meminfo,
  stat,
  vmstat,
  pressure,
  processes,
  filefd,
  entropy,
  kernelHung,
  watchdog,
  selinux,
  filesystem,
  netdev,
  netclass,
  netstat,
  sockstat,
  softnet,
  conntrack,
  arp,
  udpQueues,
  bonding,
  diskstats,
  diskInfo,
  mdadm,
  xfs,
  edac,
  time,
  uname,
  os,
  dmi,
  hwmon,
  thermalZone,
  nvme,
  systemd,
  pipeProcess,
  pipeNode,
  pipeNative,
  pipeEarnings,
  cpuinfo,
  pipeHost,
  pipeVersion,
  pipeConfig,
  pipeIdentity,
  pipeLog,
  pipeListen,
  pipeTls,
  hostTuning,
  hostUpdates,
  hostClock,
  gate,
  audit,
];
