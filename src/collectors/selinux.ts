import { ParseError } from './collector.js';
import type { Collector, Sample } from './collector.js';
import { readCountOf } from './text.js';

const FILESYSTEMS = '/proc/filesystems';
const ENFORCE = '/sys/fs/selinux/enforce';
const CONTEXT = '/proc/self/attr/current';
const CONFIG = '/etc/selinux/config';

/** Context of every process before a policy is loaded. */
const NO_POLICY = 'kernel';

/** Modes as libselinux numbers them. */
const MODES: ReadonlyMap<string, number> = new Map([
  ['enforcing', 1],
  ['permissive', 0],
  ['disabled', -1],
]);

const SETTING = /^[ \t]*SELINUX[ \t]*=[ \t]*(?<mode>\w+)/gm;
const SELINUXFS = /^nodev\tselinuxfs$/m;

/** Whether SELinux rules the node. */
export const selinux: Collector = {
  name: 'selinux',
  module: 'node',
  summary: 'Whether SELinux is in force. Modes are there only where it is enabled.',
  metrics: {
    node_selinux_enabled: {
      type: 'gauge',
      help: 'Whether SELinux is enabled with a policy (1) or not (0).',
      source: `${FILESYSTEMS}, ${ENFORCE}, ${CONTEXT}`,
    },
    node_selinux_config_mode: {
      type: 'gauge',
      help: 'Mode for the next boot: 1 enforcing, 0 permissive, -1 disabled.',
      source: CONFIG,
    },
    node_selinux_current_mode: {
      type: 'gauge',
      help: 'Mode now: 1 enforcing, 0 permissive.',
      source: ENFORCE,
    },
  },
  files: [FILESYSTEMS, ENFORCE, CONTEXT, CONFIG],
  parse: ({ files }) => {
    const filesystems = files.get(FILESYSTEMS)?.trim();
    if (filesystems === undefined) return [];
    if (filesystems === '') throw new ParseError(`${FILESYSTEMS} is empty.`);
    const current = readCountOf(files, ENFORCE);
    if (current === undefined) {
      // A kernel with SELinux that shows no state, as within a container: nothing is known.
      return SELINUXFS.test(filesystems) ? [] : [{ metric: 'node_selinux_enabled', value: 0 }];
    }
    const context = (files.get(CONTEXT) ?? '').replaceAll('\0', '').trim();
    if (context === NO_POLICY) return [{ metric: 'node_selinux_enabled', value: 0 }];
    const samples: Sample[] = [{ metric: 'node_selinux_enabled', value: 1 }];
    const configured = configuredMode(files.get(CONFIG) ?? '');
    if (configured !== undefined) samples.push({ metric: 'node_selinux_config_mode', value: configured });
    samples.push({ metric: 'node_selinux_current_mode', value: current });
    return samples;
  },
};

/** The last setting that has a known value, see selinux_config(5). */
function configuredMode(text: string): number | undefined {
  let mode: number | undefined;
  for (const { groups } of text.matchAll(SETTING))
    mode = MODES.get((groups?.['mode'] ?? '').toLowerCase()) ?? mode;
  return mode;
}
