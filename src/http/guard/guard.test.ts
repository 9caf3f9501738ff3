import { createHash } from 'node:crypto';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type AppOptions, closeApps, startApp as start } from '../testing/start-app.js';
import { createRateLimit } from './rate-limit.js';

afterEach(closeApps);

const users = new Map([['prometheus', 'hash']]);
const tokens = new Map([['grafana', createHash('sha256').update('token').digest('hex')]]);
const compare = (password: string): Promise<boolean> => Promise.resolve(password === 'right');
const basic = (password: string) => ({ Authorization: `Basic ${btoa(`prometheus:${password}`)}` });

const GUARDED = [
  '/',
  '/fleet.json',
  '/assets/landing.css',
  '/probe?target=fra-1',
  '/probe?target=fra-1&debug=true',
  '/sd',
  '/metrics',
  '/nothing',
];

describe('with passwords and tokens', () => {
  const options: AppOptions = { access: { credentials: { users, tokens } }, compare };

  test.each(GUARDED)('%s is for who says who they are', async (path) => {
    const { fetch, exec } = await start(options);
    for (const headers of [{}, basic('wrong'), { Authorization: 'Bearer wrong' }]) {
      const response = await fetch(path, { headers });
      expect([response.status, await response.text()]).toEqual([
        401,
        'Say who you are: with a user and a password, or a bearer token.\n',
      ]);
      expect(response.headers.get('www-authenticate')).toBe(
        'Bearer realm="pipefleet", Basic realm="pipefleet", charset="UTF-8"',
      );
    }
    expect(exec.calls).toHaveLength(0);
    const expected = path === '/nothing' ? 404 : 200;
    for (const headers of [basic('right'), { Authorization: 'Bearer token' }]) {
      expect((await fetch(path, { headers })).status).toBe(expected);
    }
  });

  test('a reload is too', async () => {
    let reloads = 0;
    const reload = (): Promise<void> => {
      reloads += 1;
      return Promise.resolve();
    };
    const { fetch } = await start({ ...options, reload });
    expect((await fetch('/-/reload', { method: 'POST' })).status).toBe(401);
    expect(reloads).toBe(0);
    expect((await fetch('/-/reload', { method: 'POST', headers: basic('right') })).status).toBe(200);
    expect(reloads).toBe(1);
  });

  test('health is for everybody', async () => {
    const { fetch } = await start(options);
    expect((await fetch('/-/healthy')).status).toBe(200);
    expect((await fetch('/-/ready')).status).toBe(200);
  });

  test('who is turned away is counted', async () => {
    const { fetch } = await start(options);
    await fetch('/');
    await fetch('/', { headers: basic('wrong') });
    const metrics = await (await fetch('/metrics', { headers: basic('right') })).text();
    expect(metrics).toContain('pipefleet_http_requests_refused_total{reason="unauthenticated"} 2\n');
  });

  test('a password that could not be looked at may be tried again', async () => {
    const broken = (): Promise<boolean> => Promise.reject(new Error('The thread has ended.'));
    const { fetch } = await start({ ...options, compare: broken });
    const response = await fetch('/', { headers: basic('right') });
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '1']);
  });
});

test('too many requests are refused, and counted', async () => {
  const { fetch } = await start({ access: { rateLimit: createRateLimit(3600, 2) } });
  const answers = [await fetch('/sd'), await fetch('/sd'), await fetch('/sd')];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
  expect(answers[2]?.headers.get('retry-after')).toBe('1');
  expect((await fetch('/-/healthy')).status).toBe(200);
});

describe('a reload that a page asks for', () => {
  test.each([
    ['of another site', { 'Sec-Fetch-Site': 'cross-site' }, 403],
    ['of another host of the same site', { 'Sec-Fetch-Site': 'same-site' }, 403],
    ['of another origin, in an old browser', { Origin: 'http://evil.example' }, 403],
    ['without an origin', { Origin: 'null' }, 403],
    ['of ours', { 'Sec-Fetch-Site': 'same-origin', Origin: 'HOST' }, 200],
    ['by hand', { 'Sec-Fetch-Site': 'none' }, 200],
    ['by a program', {}, 200],
  ])('%s', async (_what, headers, status) => {
    const { fetch, url } = await start();
    const sent = Object.entries(headers).map(([name, value]): [string, string] => [
      name,
      value.replace('HOST', url),
    ]);
    const response = await fetch('/-/reload', { method: 'POST', headers: sent });
    expect(response.status).toBe(status);
  });
});

describe('headers', () => {
  test.each([...GUARDED, '/-/healthy'])('%s gives a browser nothing to do with it', async (path) => {
    const { fetch } = await start();
    const { headers } = await fetch(path);
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none';.* frame-ancestors 'none'$/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('deny');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('cache-control')).toBe(
      path.startsWith('/assets/') ? 'public, max-age=3600' : 'no-store',
    );
  });

  test('those of the configuration count before ours', async () => {
    const headers = { 'X-Frame-Options': 'sameorigin', 'Strict-Transport-Security': 'max-age=1' };
    const { fetch } = await start({ access: { headers } });
    const answer = await fetch('/');
    expect(answer.headers.get('x-frame-options')).toBe('sameorigin');
    expect(answer.headers.get('strict-transport-security')).toBe('max-age=1');
  });
});

test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s is no way to ask', async (method) => {
  const { fetch, exec } = await start();
  const response = await fetch('/probe?target=fra-1', { method });
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  expect(exec.calls).toHaveLength(0);
});
