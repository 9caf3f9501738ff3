import type { NodeContents } from './batch-answer.js';
import type { NodeModel } from './model.js';
import type { NodeState } from './node-state.js';
import { filesystem } from './sections/filesystem.js';
import { pipeTestnet } from './sections/pipe-testnet.js';
import { procDiskstats } from './sections/proc-diskstats.js';
import { procLoadavg } from './sections/proc-loadavg.js';
import { procMeminfo } from './sections/proc-meminfo.js';
import { procNetDev } from './sections/proc-net-dev.js';
import { procStat } from './sections/proc-stat.js';
import type { Renderer } from './sections/renderer.js';
import { systemd } from './sections/systemd.js';
import { time } from './sections/time.js';
import { uname } from './sections/uname.js';

const FILES: ReadonlyMap<string, Renderer> = new Map(
  Object.entries({
    '/proc/stat': procStat,
    '/proc/loadavg': procLoadavg,
    '/proc/meminfo': procMeminfo,
    '/proc/net/dev': procNetDev,
    '/proc/diskstats': procDiskstats,
    ...uname,
  }),
);

/** One entry a collector with a script. The script of `uname` prints nothing where the files say everything. */
const SECTIONS: ReadonlyMap<string, Renderer> = new Map(
  Object.entries({ filesystem, systemd, time, uname: () => '', 'pipe-testnet': pipeTestnet }),
);

/** What a shell answers to a command that it does not know. */
const NOT_FOUND = 127;

/** What can be read on a node in one state. Nothing is rendered that is not asked for. */
export function contentsOf(model: NodeModel, state: NodeState): NodeContents {
  return {
    file: (path) => FILES.get(path)?.(state, model.profile, ''),
    section(name, token) {
      const render = SECTIONS.get(name);
      if (render === undefined) return { output: '', status: NOT_FOUND };
      return { output: render(state, model.profile, token), status: 0 };
    },
  };
}
