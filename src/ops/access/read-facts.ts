import { withoutControls } from '../../core/redact.js';
import type { AccountFacts, MachineFacts, PlaceFacts } from './facts.js';
import { FACTS_END } from './facts-script.js';

const RECORD = /^(?<kind>[a-z]+)(?: (?<rest>.*))?$/;
const PLACES = ['folder', 'file', 'link', 'other', 'none'] as const;

/**
 * Reads what the script of `factsScript` printed. What a terminal could take for an order is taken out, since parts of it are shown.
 *
 * @returns undefined when the answer is not whole, or something else
 */
export function readFacts(answer: string): MachineFacts | undefined {
  const lines = withoutControls(answer).split('\n');
  const end = lines.indexOf(FACTS_END);
  if (end < 0) return undefined;
  const facts = {
    os: '',
    kernel: '',
    machine: '',
    programs: new Set<string>(),
    accounts: new Map<string, AccountFacts>(),
    groups: new Map<string, readonly string[]>(),
    places: new Map<string, PlaceFacts>(),
    sshd: new Map<string, ReadonlyMap<string, readonly string[]>>(),
    login: undefined as string | undefined,
    further: new Map<string, string[]>(),
    generations: [] as string[],
    units: [] as string[],
  };
  for (const { kind, words, body } of records(lines.slice(0, end))) {
    const [first = '', second = ''] = words;
    const [path = '', ...more] = body;
    switch (kind) {
      case 'kernel':
        facts.kernel = first;
        facts.machine = second;
        break;
      case 'os':
        facts.os = path;
        break;
      case 'program':
        facts.programs.add(first);
        break;
      case 'account':
        facts.accounts.set(first, readAccount(words, body));
        break;
      case 'group':
        facts.groups.set(first, path.split(',').filter(Boolean));
        break;
      case 'at':
        facts.places.set(path, { ...NOWHERE, ...facts.places.get(path), ...readPlace(words) });
        break;
      case 'text':
        facts.places.set(path, { ...NOWHERE, ...facts.places.get(path), text: textOf(more) });
        break;
      case 'unsafe':
        facts.places.set(path, { ...NOWHERE, what: 'unsafe', why: more[0] ?? '' });
        break;
      case 'holds':
        facts.places.set(path, { ...NOWHERE, ...facts.places.get(path), holds: more });
        break;
      case 'acl':
        facts.places.set(path, { ...NOWHERE, ...facts.places.get(path), acl: true });
        break;
      case 'login':
        facts.login = first;
        break;
      case 'further':
        facts.further.set(first, [...(facts.further.get(first) ?? []), path]);
        break;
      case 'sshd':
        if (body.length > 0) facts.sshd.set(first, readSettings(body));
        break;
      case 'generation':
        facts.generations.push(first);
        break;
      case 'unit':
        facts.units.push(first);
        break;
      default:
        return undefined;
    }
  }
  return facts;
}

/** A place of which nothing was said. */
export const NOWHERE: PlaceFacts = {
  what: 'none',
  why: '',
  mode: '',
  owner: '',
  acl: false,
  size: 0,
  text: undefined,
  holds: [],
};

interface FactRecord {
  readonly kind: string;
  readonly words: readonly string[];
  /** Lines that follow it, without their mark. */
  readonly body: readonly string[];
}

function records(lines: readonly string[]): FactRecord[] {
  const found: { kind: string; words: string[]; body: string[] }[] = [];
  for (const line of lines) {
    if (line.startsWith('| ')) {
      found.at(-1)?.body.push(line.slice(2));
    } else if (line !== '') {
      const { kind = '', rest = '' } = RECORD.exec(line)?.groups ?? {};
      found.push({ kind, words: rest.split(' ').filter(Boolean), body: [] });
    }
  }
  return found;
}

function readAccount(
  [, uid, gid, password = '', own = '', shell = '']: readonly string[],
  [comment = '', home = '']: readonly string[],
): AccountFacts {
  const known = ['none', 'locked', 'empty', 'set'] as const;
  return {
    uid: Number(uid),
    gid: Number(gid),
    private: own === 'private',
    comment,
    home,
    shell,
    password: known.find((word) => word === password) ?? 'unknown',
  };
}

function readPlace([word, mode = '', owner = '', size = '']: readonly string[]): Partial<PlaceFacts> {
  const what = PLACES.find((place) => place === word) ?? 'other';
  return { what, mode, owner, size: what === 'file' ? Number(size) : 0 };
}

/** `sed` ends every line, also a last one that had no end. */
function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

function readSettings(lines: readonly string[]): Map<string, string[]> {
  const settings = new Map<string, string[]>();
  for (const line of lines) {
    const [keyword = '', ...values] = line.split(' ');
    const key = keyword.toLowerCase();
    settings.set(key, [...(settings.get(key) ?? []), values.join(' ')]);
  }
  return settings;
}
