import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ComparePassword } from './passwords.js';

/** Who may come. Nobody has to show anything when both are empty. */
export interface Credentials {
  /** bcrypt hashes of passwords, by the name of the user. */
  readonly users: ReadonlyMap<string, string>;
  /** SHA-256 of bearer tokens in hexadecimal, by name. */
  readonly tokens: ReadonlyMap<string, string>;
}

/** `busy`: the password could not be looked at, mostly for too many others; it may be right all the same. */
export type Verdict = 'welcome' | 'unknown' | 'busy';

/** Judges the Authorization header of a request. */
export interface Authenticator {
  readonly judge: (authorization: string | undefined, credentials: Credentials) => Promise<Verdict>;
}

/** Right passwords that are remembered, and as many wrong ones: more than a fleet has scrapers. */
const MOST_REMEMBERED = 256;
/** Passwords that are compared or wait for it. A flood of wrong ones costs one thread, and those who are known nothing. */
const MOST_PENDING = 16;

/**
 * bcrypt is slow by design, and a scraper shows the same password thousands of times an hour: a password is compared once. What is
 * remembered is a keyed digest, of which the key is drawn anew for each process, never the password.
 */
export function createAuthenticator(compare: ComparePassword): Authenticator {
  const digestKey = randomBytes(32);
  // Apart, so that wrong ones cannot take the place of right ones.
  const right = new Set<string>();
  const wrong = new Set<string>();
  const pending = new Map<string, Promise<boolean>>();

  function remember(digest: string, among: Set<string>): void {
    // What is used stays.
    among.delete(digest);
    if (among.size >= MOST_REMEMBERED) {
      const [oldest] = among;
      if (oldest !== undefined) among.delete(oldest);
    }
    among.add(digest);
  }

  async function findOut(digest: string, comparison: Promise<boolean>, exists: boolean): Promise<boolean> {
    try {
      const matches = (await comparison) && exists;
      remember(digest, matches ? right : wrong);
      return matches;
    } finally {
      pending.delete(digest);
    }
  }

  async function judgePassword(
    user: string,
    password: string,
    users: Credentials['users'],
  ): Promise<Verdict> {
    // A name that nobody has takes as long as one that somebody has.
    const [anyHash] = users.values();
    const hash = users.get(user) ?? anyHash;
    if (hash === undefined) return 'unknown';
    const digest = createHmac('sha256', digestKey)
      .update(JSON.stringify([user, password, hash]))
      .digest('base64');
    if (right.has(digest)) {
      remember(digest, right);
      return 'welcome';
    }
    if (wrong.has(digest)) return 'unknown';
    let comparison = pending.get(digest);
    if (comparison === undefined) {
      if (pending.size >= MOST_PENDING) return 'busy';
      comparison = findOut(digest, compare(password, hash), users.has(user));
      pending.set(digest, comparison);
    }
    try {
      return (await comparison) ? 'welcome' : 'unknown';
    } catch {
      return 'busy';
    }
  }

  return {
    judge: async (authorization, { users, tokens }) => {
      if (users.size === 0 && tokens.size === 0) return 'welcome';
      const [, scheme, value] = /^(?<scheme>\S+) +(?<value>\S+)$/.exec(authorization ?? '') ?? [];
      switch (scheme?.toLowerCase()) {
        case 'bearer':
          return isToken(value ?? '', tokens) ? 'welcome' : 'unknown';
        case 'basic': {
          const text = Buffer.from(value ?? '', 'base64').toString('utf8');
          const colon = text.indexOf(':');
          return colon < 0 ? 'unknown' : judgePassword(text.slice(0, colon), text.slice(colon + 1), users);
        }
        default:
          return 'unknown';
      }
    },
  };
}

/** Tokens are long and random, unlike passwords: a plain digest is as good as a slow one. Each is compared in full. */
function isToken(token: string, tokens: Credentials['tokens']): boolean {
  const digest = createHash('sha256').update(token).digest();
  let found = false;
  for (const known of tokens.values()) {
    if (timingSafeEqual(digest, Buffer.from(known, 'hex'))) found = true;
  }
  return found;
}
