import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { hashSync } from 'bcryptjs';
import { createAuthenticator, type Credentials } from './authenticator.js';

const HASH = hashSync('correct horse', 4);
const CREDENTIALS: Credentials = {
  users: new Map([['prometheus', HASH]]),
  tokens: new Map([['grafana', createHash('sha256').update('a-long-random-token').digest('hex')]]),
};
const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** Compares as bcrypt would, and counts. */
function comparer() {
  const asked: string[] = [];
  return {
    asked,
    compare: (password: string, hash: string): Promise<boolean> => {
      asked.push(password);
      return Promise.resolve(password === 'correct horse' && hash === HASH);
    },
  };
}

test('nobody has to say who they are while nobody is named', async () => {
  const { judge } = createAuthenticator(comparer().compare);
  expect(await judge(undefined, { users: new Map(), tokens: new Map() })).toBe('welcome');
});

test.each([
  ['the right password', basic('prometheus', 'correct horse'), 'welcome'],
  ['the scheme in other letters', basic('prometheus', 'correct horse').replace('Basic', 'bAsIc'), 'welcome'],
  ['a wrong password', basic('prometheus', 'wrong'), 'unknown'],
  ['the right password of another name', basic('somebody', 'correct horse'), 'unknown'],
  ['no colon', `Basic ${Buffer.from('prometheus').toString('base64')}`, 'unknown'],
  ['a token', 'Bearer a-long-random-token', 'welcome'],
  ['a wrong token', 'Bearer a-long-random-tokem', 'unknown'],
  ['the digest of the token', `Bearer ${CREDENTIALS.tokens.get('grafana') ?? ''}`, 'unknown'],
  ['the hash as a password', basic('prometheus', HASH), 'unknown'],
  ['another scheme', 'Digest username="prometheus"', 'unknown'],
  ['nothing', undefined, 'unknown'],
  ['an empty header', '', 'unknown'],
])('with %s: %s → %s', async (_what, header, verdict) => {
  expect(await createAuthenticator(comparer().compare).judge(header, CREDENTIALS)).toBe(verdict);
});

test('a password is compared once, right or wrong, also when many ask at once', async () => {
  const { asked, compare } = comparer();
  const { judge } = createAuthenticator(compare);
  const right = basic('prometheus', 'correct horse');
  expect(new Set(await Promise.all(Array.from({ length: 100 }, () => judge(right, CREDENTIALS))))).toEqual(
    new Set(['welcome']),
  );
  await judge(basic('prometheus', 'wrong'), CREDENTIALS);
  await judge(basic('prometheus', 'wrong'), CREDENTIALS);
  expect(asked).toEqual(['correct horse', 'wrong']);
});

test('a name that nobody has is compared as well, so that it takes as long', async () => {
  const { asked, compare } = comparer();
  await createAuthenticator(compare).judge(basic('nobody', 'x'), CREDENTIALS);
  expect(asked).toEqual(['x']);
});

test('a password counts no more once its hash is another one', async () => {
  const { judge } = createAuthenticator(comparer().compare);
  const right = basic('prometheus', 'correct horse');
  expect(await judge(right, CREDENTIALS)).toBe('welcome');
  const changed = { ...CREDENTIALS, users: new Map([['prometheus', hashSync('other', 4)]]) };
  expect(await judge(right, changed)).toBe('unknown');
});

test('a flood of wrong passwords keeps nobody out who is known, and no more than sixteen waiting', async () => {
  const replies: ((matches: boolean) => void)[] = [];
  let flooded = false;
  const { judge } = createAuthenticator((password) =>
    flooded ? new Promise((resolve) => replies.push(resolve)) : Promise.resolve(password === 'correct horse'),
  );
  const right = basic('prometheus', 'correct horse');
  await judge(right, CREDENTIALS);
  flooded = true;
  const flood = Array.from({ length: 50 }, (_, guess) => judge(basic('prometheus', `${guess}`), CREDENTIALS));
  expect(await judge(right, CREDENTIALS)).toBe('welcome');
  expect(replies).toHaveLength(16);
  for (const reply of replies) reply(false);
  const verdicts = await Promise.all(flood);
  expect(verdicts.filter((verdict) => verdict === 'busy')).toHaveLength(34);
});

test('no number of wrong passwords makes a right one be compared again', async () => {
  const { asked, compare } = comparer();
  const { judge } = createAuthenticator(compare);
  await judge(basic('prometheus', 'correct horse'), CREDENTIALS);
  for (let guess = 0; guess < 1000; guess++) await judge(basic('prometheus', `${guess}`), CREDENTIALS);
  await judge(basic('prometheus', 'correct horse'), CREDENTIALS);
  expect(asked.filter((password) => password === 'correct horse')).toHaveLength(1);
});

test('what could not be compared is asked again', async () => {
  let broken = true;
  const { judge } = createAuthenticator(() =>
    broken ? Promise.reject(new Error('The thread has ended.')) : Promise.resolve(true),
  );
  const right = basic('prometheus', 'correct horse');
  expect(await judge(right, CREDENTIALS)).toBe('busy');
  broken = false;
  expect(await judge(right, CREDENTIALS)).toBe('welcome');
});
