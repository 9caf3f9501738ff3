import { readAnsible } from './ansible.js';
import type { Reader } from './candidate.js';
import { readCsv } from './csv.js';
import { readFileSd } from './file-sd.js';
import { readSshConfig } from './ssh-config.js';

/** Every form that nodes can be imported from. */
export const READERS = {
  'ssh-config': readSshConfig,
  ansible: readAnsible,
  csv: readCsv,
  'file-sd': readFileSd,
} as const satisfies Record<string, Reader>;

export type ImportFormat = keyof typeof READERS;

export const importFormats = Object.keys(READERS) as readonly ImportFormat[];
