import type { Evidence } from './evidence.js';
import { linesOf } from './evidence.js';
import { splitWords } from '../text.js';
import { allow } from './privilege.js';

/** What OpenSSH does when nobody says otherwise: sshd_config(5). */
const DEFAULTS = {
  authenticationmethods: 'any',
  authorizedkeysfile: '.ssh/authorized_keys .ssh/authorized_keys2',
  kbdinteractiveauthentication: 'yes',
  maxauthtries: '6',
  passwordauthentication: 'yes',
  permitemptypasswords: 'no',
  permitrootlogin: 'prohibit-password',
  usepam: 'no',
  x11forwarding: 'no',
} as const;
export type Keyword = keyof typeof DEFAULTS;

/** Older names of a keyword, and of a value. */
const KEYWORDS: Readonly<Record<string, string>> = {
  challengeresponseauthentication: 'kbdinteractiveauthentication',
  skeyauthentication: 'kbdinteractiveauthentication',
};
const VALUES: Readonly<Record<string, string>> = { 'without-password': 'prohibit-password' };

const MAIN = '/etc/ssh/sshd_config';
const FOLDER = '/etc/ssh/sshd_config.d';
export const SSHD_FILES = [MAIN, `${FOLDER}/*.conf`];

const LINE = /^\s*(?<keyword>[A-Za-z0-9]+)(?:\s*=\s*|\s+)(?<rest>\S.*)$/;
const COMMENT = /\s#.*$/;

/** A setting as far as it could be read. */
export type Setting = { readonly value: string } | Unread;

/** Why something could not be read, as a sentence, and what would allow it. */
export interface Unread {
  readonly reason: string;
  readonly allow?: string;
}

/** What sshd goes by. */
export interface SshdSettings {
  /** Where it was read, for a sentence. */
  readonly source: string;
  /** Some `Match` blocks may say otherwise for some users or addresses. */
  readonly hasMatch: boolean;
  /** The value that holds, in lower case. */
  get(keyword: Keyword): Setting;
  /** Every `Port`; 22 when there is none. */
  ports(): readonly number[];
}

interface Line {
  readonly keyword: string;
  readonly value: string;
}

/** A line, or a place at which lines may stand that could not be read. */
type Entry = Line | { readonly barrier: Unread };

interface Reading {
  readonly evidence: Evidence;
  readonly entries: Entry[];
  hasMatch: boolean;
  /** {@link FOLDER} was included. */
  hasFolder: boolean;
  /** A file was included that is not read. */
  hasBarrier: boolean;
}

/** sshd's own word where the account may have it, else the configuration files; a reason when neither can be read. */
export function readSshdSettings(evidence: Evidence): SshdSettings | Unread {
  const effective = linesOf(evidence, 'sshd', 'effective').flatMap(readLine);
  if (effective.some(({ keyword }) => keyword === 'permitrootlogin')) {
    // What it prints of the files is what holds outside of their blocks.
    const hasMatch = [...evidence.files].some(
      ([path, text]) => path.startsWith(MAIN) && /^[ \t]*match[ \t]/im.test(text),
    );
    return settingsOf(effective, 'sshd -T', hasMatch);
  }
  if (evidence.files.get(MAIN) === undefined) {
    const denied = linesOf(evidence, 'sshd', 'denied');
    if (denied.includes(MAIN)) return unread(`${MAIN} cannot be read.`);
    return { reason: `There is no ${MAIN}; another SSH server may run.` };
  }
  const reading: Reading = { evidence, entries: [], hasMatch: false, hasFolder: false, hasBarrier: false };
  readFile(reading, MAIN);
  return settingsOf(reading.entries, MAIN, reading.hasMatch);
}

function settingsOf(entries: readonly Entry[], source: string, hasMatch: boolean): SshdSettings {
  return {
    source,
    hasMatch,
    get: (keyword) => {
      for (const entry of entries) {
        if ('barrier' in entry) return entry.barrier;
        if (entry.keyword === keyword) return { value: VALUES[entry.value] ?? entry.value };
      }
      return { value: DEFAULTS[keyword] };
    },
    ports: () => {
      const ports = entries.flatMap((entry) =>
        'keyword' in entry && entry.keyword === 'port' && /^\d{1,5}$/.test(entry.value)
          ? [Number(entry.value)]
          : [],
      );
      return ports.length > 0 ? ports : [22];
    },
  };
}

/**
 * Adds what one file says outside of `Match` blocks; such a block ends with the file or with `Match all`. The first value of a
 * keyword is the one that counts.
 */
function readFile(reading: Reading, path: string, isIncluded = false): void {
  let isOutside = true;
  for (const line of (reading.evidence.files.get(path) ?? '').split('\n')) {
    for (const entry of readLine(line)) {
      if (entry.keyword === 'match') {
        isOutside = entry.value === 'all';
        reading.hasMatch ||= !isOutside;
      } else if (!isOutside) continue;
      else if (entry.keyword !== 'include') reading.entries.push(entry);
      else if (isIncluded)
        reading.entries.push({ barrier: unread(`${path} includes files that are not read.`) });
      else readIncluded(reading, entry.value);
    }
  }
}

/** Adds the files of some patterns, in the order of their names. */
function readIncluded(reading: Reading, patterns: string): void {
  const { evidence, entries } = reading;
  const inFolder = (path: string): boolean => path === FOLDER || path.startsWith(`${FOLDER}/`);
  for (const pattern of splitWords(patterns)) {
    const path = pattern.startsWith('/') ? pattern : `/etc/ssh/${pattern}`;
    if (path !== `${FOLDER}/*.conf`) {
      // Nothing behind the first that is not read is known.
      if (!reading.hasBarrier)
        entries.push({ barrier: unread(`${MAIN} includes ${path}, which is not read.`) });
      reading.hasBarrier = true;
      continue;
    }
    // The first value of a keyword counts: the same files once more say nothing new.
    if (reading.hasFolder) continue;
    reading.hasFolder = true;
    const denied = new Set(linesOf(evidence, 'sshd', 'denied').filter(inFolder));
    const readable = [...evidence.files.keys()].filter((name) => inFolder(name) && !denied.has(name));
    for (const name of [...denied, ...readable].sort()) {
      if (denied.has(name)) entries.push({ barrier: unread(`${name} cannot be read.`) });
      else readFile(reading, name, true);
    }
  }
}

function unread(reason: string): Unread {
  return { reason, allow: allow('sshd') };
}

function readLine(line: string): Line[] {
  if (line.trimStart().startsWith('#')) return [];
  const { keyword = '', rest = '' } = LINE.exec(line)?.groups ?? {};
  if (keyword === '') return [];
  const name = keyword.toLowerCase();
  const value = rest.replace(COMMENT, '').replaceAll('"', '').trim();
  // Paths keep their case; everything else that is judged has none.
  return [{ keyword: KEYWORDS[name] ?? name, value: name === 'include' ? value : value.toLowerCase() }];
}
