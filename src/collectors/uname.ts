import { ParseError } from './collector.js';
import type { Collector } from './collector.js';

const FOLDER = '/proc/sys/kernel';

/** File below /proc/sys/kernel for each label, in the order of uname(2). */
const FILES = {
  sysname: `${FOLDER}/ostype`,
  release: `${FOLDER}/osrelease`,
  version: `${FOLDER}/version`,
  machine: `${FOLDER}/arch`,
  nodename: `${FOLDER}/hostname`,
  domainname: `${FOLDER}/domainname`,
} as const;

/** What uname(2) says. */
export const uname: Collector = {
  name: 'uname',
  module: 'node',
  summary: 'What the operating system calls itself and the node.',
  metrics: {
    node_uname_info: {
      type: 'gauge',
      help: 'Always 1; the labels are what the system call uname gives.',
      labels: Object.keys(FILES),
      source: `${FOLDER}/{ostype,osrelease,version,arch,hostname,domainname}, or uname -m before Linux 6.1`,
    },
  },
  files: Object.values(FILES),
  script: () => `[ -e ${FILES.machine} ] || uname -m`,
  parse: ({ files, output }) => {
    if (!files.has(FILES.sysname)) return [];
    const labels: Record<string, string> = {};
    for (const [label, path] of Object.entries(FILES)) {
      const text = files.get(path) ?? (label === 'machine' ? output : undefined);
      if (text === undefined) throw new ParseError(`${path} is missing.`);
      labels[label] = text.trim();
    }
    if (labels['machine'] === '') throw new ParseError('uname -m printed nothing.');
    return [{ metric: 'node_uname_info', labels, value: 1 }];
  },
};
