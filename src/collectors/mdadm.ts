import { ParseError } from './collector.js';
import type { Collector, Sample } from './collector.js';
import { readCount, splitWords } from './text.js';

const PATH = '/proc/mdstat';

/** States of node_md_state; a reshaping or broken array is in none of them. */
const STATES = ['active', 'inactive', 'recovering', 'resync', 'check'] as const;

/** What the kernel calls work on an array, and what node_exporter calls the array then. */
const STATE_OF_WORK: ReadonlyMap<string, string> = new Map([
  ['recovery', 'recovering'],
  ['resync', 'resync'],
  ['check', 'check'],
  ['reshape', 'reshape'],
]);

/** `md0 : active (auto-read-only) raid1 sdb1[1] sda1[0](F)`, and what follows indented. */
const ARRAY =
  /^(?<device>\S+) : (?<activity>active|inactive|broken)(?<rest>(?: .*)?)\n(?<details>(?:[ \t]+\S.*\n|[ \t]+\n)*)/gm;
const BLOCKS = /^[ \t]*(?<blocks>\d+) blocks\b/m;
const DISKS = / \[(?<required>\d+)\/(?<active>\d+)\] \[[U_]+\]/;
const MEMBER = /^[^[]+\[\d+\](?<flags>(?:\([A-Z]\))*)$/;
const STRIPED = /^(?: \([a-z-]+\))? (?:raid0|linear) /;
/** `[==>…]  recovery = 12.6% (37043392/292945152) finish=127.5min speed=33440K/sec` */
const WORK = /(?<work>recovery|resync|check|reshape)\s*=\s*(?:[\d.]+%\s*\((?<done>\d+)\/\d+\)|[A-Z]+)/;

const SYSFS = /^\/sys\/block\/(?<device>md[^/]*)\/md\/(?<attribute>raid_disks|degraded)$/;

/** The state of software RAID. */
export const mdadm: Collector = {
  name: 'mdadm',
  module: 'node',
  summary:
    'The state of each array of software RAID. What an inactive array would need, the kernel does not state.',
  metrics: {
    node_md_state: {
      type: 'gauge',
      help: 'The state that the array is in is 1, every other of these 0.',
      labels: ['device', 'state'],
      source: PATH,
    },
    node_md_disks: {
      type: 'gauge',
      help: 'Disks of the array that work, failed, or wait as spares.',
      labels: ['device', 'state'],
      source: PATH,
    },
    node_md_disks_required: {
      type: 'gauge',
      help: 'Disks that a whole array has.',
      labels: ['device'],
      source: PATH,
    },
    node_md_blocks: {
      type: 'gauge',
      help: 'Blocks of 1024 bytes that the array holds.',
      labels: ['device'],
      source: PATH,
    },
    node_md_blocks_synced: {
      type: 'gauge',
      help: 'Blocks of 1024 bytes done by a running recovery, resync, check or reshape; all when there is none.',
      labels: ['device'],
      source: PATH,
    },
    node_md_raid_disks: {
      type: 'gauge',
      help: 'Disks that a whole array has, as sysfs states it.',
      labels: ['device'],
      source: '/sys/block/md*/md/raid_disks',
    },
    node_md_degraded: {
      type: 'gauge',
      help: 'Disks that the array lacks; absent for RAID 0, which cannot lack any.',
      labels: ['device'],
      source: '/sys/block/md*/md/degraded',
    },
  },
  files: [PATH, '/sys/block/md*/md/raid_disks', '/sys/block/md*/md/degraded'],
  parse: ({ files }) => [...readArrays(files.get(PATH) ?? ''), ...readAttributes(files)],
};

function readArrays(text: string): Sample[] {
  const arrays = new Map<string, Sample[]>();
  // Headings of `head` end a file without its last line break.
  for (const { groups } of `${text}\n`.matchAll(ARRAY)) {
    const { device = '', activity = '', rest = '', details = '' } = groups ?? {};
    arrays.set(device, readArray(device, activity, rest, details));
  }
  if (arrays.size === 0 && text.trim() !== '' && !text.startsWith('Personalities :'))
    throw new ParseError(`${PATH} is not of its documented form.`);
  return [...arrays.values()].flat();
}

function readArray(device: string, activity: string, rest: string, details: string): Sample[] {
  const samples: Sample[] = [];
  const add = (metric: string, value: string | number | undefined, state?: string): void => {
    if (value === undefined) return;
    const labels = state === undefined ? { device } : { device, state };
    samples.push({ metric, labels, value: readCount(String(value), `${PATH}: ${device}`) });
  };

  const { work, done } = WORK.exec(details)?.groups ?? {};
  const current = STATE_OF_WORK.get(work ?? '') ?? activity;
  for (const state of STATES) add('node_md_state', state === current ? 1 : 0, state);

  const { members, failed, spare } = countMembers(rest);
  const stated = DISKS.exec(details)?.groups;
  const striped = STRIPED.test(rest) ? { required: members, active: members - failed } : undefined;
  const required = stated?.['required'] ?? striped?.required;
  const active = stated?.['active'] ?? striped?.active ?? (activity === 'inactive' ? 0 : undefined);
  add('node_md_disks', active, 'active');
  add('node_md_disks', failed, 'failed');
  add('node_md_disks', spare, 'spare');
  add('node_md_disks_required', required);

  const blocks = BLOCKS.exec(details)?.groups?.['blocks'];
  add('node_md_blocks', blocks);
  // How far work has come that waits for other work is not stated.
  add('node_md_blocks_synced', work === undefined && activity === 'active' ? blocks : done);
  return samples;
}

function countMembers(rest: string): {
  readonly members: number;
  readonly failed: number;
  readonly spare: number;
} {
  const flags: string[] = [];
  for (const word of splitWords(rest)) {
    const member = MEMBER.exec(word)?.groups;
    if (member !== undefined) flags.push(member['flags'] ?? '');
  }
  const count = (flag: string): number => flags.filter((all) => all.includes(flag)).length;
  return { members: flags.length, failed: count('(F)'), spare: count('(S)') };
}

function readAttributes(files: ReadonlyMap<string, string>): Sample[] {
  const samples: Sample[] = [];
  for (const [path, text] of files) {
    const { device, attribute } = SYSFS.exec(path)?.groups ?? {};
    if (device === undefined) continue;
    // While an array is reshaped, the number before that stands behind the new one: `11 (10)`.
    const word = text.split('(', 1)[0]?.trim() ?? '';
    if (word === '') continue;
    const value = readCount(word, path);
    if (attribute === 'degraded') samples.push({ metric: 'node_md_degraded', labels: { device }, value });
    // A container, which only holds the disks of other arrays, needs none itself.
    else if (value > 0) samples.push({ metric: 'node_md_raid_disks', labels: { device }, value });
  }
  return samples;
}
