import type { NodeContents } from './batch-answer.js';
import type { NodeModel } from './model.js';
import type { NodeState } from './node-state.js';
import { audit, auditFiles } from './sections/audit.js';
import { hostClock, time } from './sections/clock.js';
import { conntrack } from './sections/conntrack.js';
import { cpuinfo } from './sections/cpuinfo.js';
import { diskInfo } from './sections/disk-info.js';
import { filesystem } from './sections/filesystem.js';
import { hostTuning } from './sections/host-tuning.js';
import { hostUpdates } from './sections/host-updates.js';
import { machine } from './sections/machine.js';
import { pipeConfig, pipeIdentity, pipeListen, pipeTls, pipeVersion } from './sections/pipe-inventory.js';
import { pipeLog } from './sections/pipe-log.js';
import { pipeNative, pipeNode } from './sections/pipe-node.js';
import { pipeProcess } from './sections/pipe-process.js';
import { procDiskstats } from './sections/proc-diskstats.js';
import { procLoadavg } from './sections/proc-loadavg.js';
import { procMeminfo } from './sections/proc-meminfo.js';
import { procNetDev } from './sections/proc-net-dev.js';
import { procPressure } from './sections/proc-pressure.js';
import { procStat } from './sections/proc-stat.js';
import { procVmstat } from './sections/proc-vmstat.js';
import { processes } from './sections/processes.js';
import { protocols } from './sections/protocols.js';
import type { Files, Renderer } from './sections/renderer.js';
import { schedstat } from './sections/schedstat.js';
import { sockets } from './sections/sockets.js';
import { softnet } from './sections/softnet.js';
import { sysClassNet } from './sections/sys-class-net.js';
import { systemd } from './sections/systemd.js';
import { uname } from './sections/uname.js';

const FILES: Files = {
  '/proc/stat': procStat,
  '/proc/loadavg': procLoadavg,
  '/proc/meminfo': procMeminfo,
  '/proc/vmstat': procVmstat,
  '/proc/schedstat': schedstat,
  '/proc/net/dev': procNetDev,
  '/proc/net/softnet_stat': softnet,
  '/proc/diskstats': procDiskstats,
  ...procPressure,
  ...protocols,
  ...sockets,
  ...conntrack,
  ...sysClassNet,
  ...diskInfo,
  ...machine,
  ...hostTuning,
  ...auditFiles,
  ...uname,
};
const FILE_OF_PATH = new Map(Object.entries(FILES));
const PATHS = [...FILE_OF_PATH.keys()];

const nothing: Renderer = () => '';

/** One entry a collector with a script. */
const SECTIONS: ReadonlyMap<string, Renderer> = new Map(
  Object.entries({
    cpuinfo,
    processes,
    filesystem,
    time,
    systemd,
    'pipe-process': pipeProcess,
    'pipe-host': pipeProcess,
    'pipe-node': pipeNode,
    'pipe-native': pipeNative,
    'pipe-version': pipeVersion,
    'pipe-config': pipeConfig,
    'pipe-identity': pipeIdentity,
    'pipe-log': pipeLog,
    'pipe-listen': pipeListen,
    'pipe-tls': pipeTls,
    'host-updates': hostUpdates,
    'host-clock': hostClock,
    audit,
    // What a virtual server does not have, what belongs to other software, what the files of `uname` say already, and a gate.
    cpufreq: nothing,
    hwmon: nothing,
    'pipe-earnings': nothing,
    uname: nothing,
    gate: nothing,
  }),
);

/** What a shell answers to a command that it does not know. */
const NOT_FOUND = 127;

/** What can be read on a node in one state. Nothing is rendered that is not asked for. */
export function contentsOf({ profile }: NodeModel, state: NodeState): NodeContents {
  return {
    paths: PATHS,
    file(path) {
      const file = FILE_OF_PATH.get(path);
      return typeof file === 'function' ? file(state, profile, '') : file;
    },
    section(name, token) {
      const render = SECTIONS.get(name);
      if (render === undefined) return { output: '', status: NOT_FOUND };
      return { output: render(state, profile, token), status: 0 };
    },
  };
}
