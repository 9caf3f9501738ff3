import { createHmac, timingSafeEqual } from 'node:crypto';
import { matchesWildcard } from '../inventory/selector/wildcard.js';
import { hostKeyType } from './host-key.js';

/** What the files say of one host. */
export interface HostKnowledge {
  /** Keys that are known to be its own. */
  readonly keys: readonly Buffer[];
  /** Keys that are known to be stolen or withdrawn. */
  readonly revoked: readonly Buffer[];
}

export type HostKeyVerdict = 'known' | 'unknown' | 'changed' | 'revoked';

interface Entry {
  readonly matches: (name: string) => boolean;
  readonly revoked: boolean;
  readonly key: Buffer;
}

/** Parsed known_hosts, in the format of sshd(8), section SSH_KNOWN_HOSTS FILE FORMAT. */
export interface KnownHosts {
  /** Entries under a plain name, by that name: the common case, found without a walk. */
  readonly plain: ReadonlyMap<string, readonly Entry[]>;
  /** Entries with wildcards, negations or hashed names. */
  readonly others: readonly Entry[];
}

const LINE =
  /^(?:(?<marker>@\S+)\s+)?(?<hosts>\S+)\s+(?<type>[a-z][\w@.-]+)\s+(?<key>[A-Za-z0-9+/]+={0,2})(?:\s|$)/;
const HASHED = /^\|1\|(?<salt>[A-Za-z0-9+/]+={0,2})\|(?<hash>[A-Za-z0-9+/]+={0,2})$/;
const PLAIN = /^[^*?!|,]+$/;

/**
 * Reads the text of a known_hosts file: plain, comma-separated, wildcard, negated, hashed and `[host]:port` names and the marker
 * `@revoked`. Entries of a certificate authority are passed over: they vouch for certificates, which are not spoken here.
 */
export function parseKnownHosts(text: string): KnownHosts {
  const plain = new Map<string, Entry[]>();
  const others: Entry[] = [];
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const { marker, hosts, type, key: encoded } = LINE.exec(line)?.groups ?? {};
    const key = Buffer.from(encoded ?? '', 'base64');
    const usable = marker === undefined || marker === '@revoked' || marker === '@cert-authority';
    // OpenSSH skips lines that are no valid entry, and so do we.
    if (hosts === undefined || !usable || hostKeyType(key) !== type) continue;
    if (marker === '@cert-authority') continue;
    const names = hosts.toLowerCase().split(',');
    const entry: Entry = { matches: hostMatcher(hosts), revoked: marker === '@revoked', key };
    if (names.every((name) => PLAIN.test(name))) {
      for (const name of names) {
        const entries = plain.get(name);
        if (entries === undefined) plain.set(name, [entry]);
        else entries.push(entry);
      }
    } else {
      others.push(entry);
    }
  }
  return { plain, others };
}

/** The name of a host in known_hosts: `host` for port 22, else `[host]:port`. */
export function knownName(host: string, port: number): string {
  const bare = host.toLowerCase();
  return port === 22 ? bare : `[${bare}]:${port}`;
}

/** What some files say together of a host. The port decides the name: `host` for 22, else `[host]:port`. */
export function lookUpHost(files: readonly KnownHosts[], host: string, port: number): HostKnowledge {
  const name = knownName(host, port);
  const entries = files.flatMap((file) => [
    ...(file.plain.get(name) ?? []),
    ...file.others.filter((entry) => entry.matches(name)),
  ]);
  return {
    keys: entries.filter((entry) => !entry.revoked).map((entry) => entry.key),
    revoked: entries.filter((entry) => entry.revoked).map((entry) => entry.key),
  };
}

/**
 * Judges the key that a host presents. A revocation wins over everything. A host of which only other keys are known has
 * changed, even when those are of another type: who presents a new type of key to hide must not look merely unknown.
 */
export function judgeHostKey(knowledge: HostKnowledge, presented: Buffer): HostKeyVerdict {
  if (knowledge.revoked.some((key) => key.equals(presented))) return 'revoked';
  if (knowledge.keys.some((key) => key.equals(presented))) return 'known';
  return knowledge.keys.length > 0 ? 'changed' : 'unknown';
}

/** A matcher for the host field of a line: any pattern must match, and no negated one may. */
export function hostMatcher(field: string): (name: string) => boolean {
  const hashed = HASHED.exec(field)?.groups;
  if (hashed !== undefined) {
    const salt = Buffer.from(hashed['salt'] ?? '', 'base64');
    const expected = Buffer.from(hashed['hash'] ?? '', 'base64');
    return (name) => {
      const actual = createHmac('sha1', salt).update(name).digest();
      return actual.length === expected.length && timingSafeEqual(actual, expected);
    };
  }
  const patterns = field
    .toLowerCase()
    .split(',')
    .map((pattern) => ({ negated: pattern.startsWith('!'), wildcard: pattern.replace(/^!/, '') }));
  return (name) => {
    const hits = patterns.filter(({ wildcard }) => matchesWildcard(wildcard, name));
    return hits.length > 0 && hits.every(({ negated }) => !negated);
  };
}
