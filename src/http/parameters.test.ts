import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { closeApps, startApp, type StartedApp } from './testing/start-app.js';

let app: StartedApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(closeApps);

/** As it is written: `fetch` would mend a target before it is sent. */
function get(path: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(app.url);
    const asked = request({ hostname, port, path, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    asked.on('error', reject);
    asked.end();
  });
}

const NASTY = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '127.0.0.1:22',
  'root@192.0.2.7',
  '../../etc/passwd',
  'file:///etc/passwd',
  'fra-1\0',
  'fra-1 ',
  'FRA-1',
  'fra-1,ams-1',
  '*',
  '%00',
  '%0d%0aX-Injected: 1',
  '<script>alert(1)</script>',
  '‮',
  'a'.repeat(8000),
];

const word = fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary' }), fc.webQueryParameters());
const key = fc.constantFrom(
  'target',
  'module',
  'debug',
  'shard',
  'target[]',
  'target[a]',
  '__proto__',
  'target%5B%5D',
);
const path = fc.constantFrom(
  '/probe',
  '/sd',
  '/fleet.json',
  '/',
  '/-/reload',
  '/assets/',
  '/metrics',
  '/%2e%2e/probe',
);

test('whatever is asked for, nothing is reached that the configuration does not name', async () => {
  await fc.assert(
    fc.asyncProperty(
      path,
      fc.array(fc.tuple(key, word, fc.boolean()), { maxLength: 4 }),
      async (where, pairs) => {
        const query = pairs
          // Escaped, or as it is, less what no request line can hold.
          .map(([name, value, raw]) =>
            raw
              ? `${name}=${value.replaceAll(/[^\x21-\x7e]/g, '%20')}`
              : `${name}=${encodeURIComponent(value)}`,
          )
          .join('&');
        const { status, text } = await get(`${where}?${query}`);
        expect(status === 200 || (status >= 400 && status < 500)).toBe(true);
        if (status !== 200) expect(text.length).toBeLessThan(500);
        expect(app.exec.calls).toHaveLength(0);
      },
    ),
    { numRuns: 300 },
  );
});
