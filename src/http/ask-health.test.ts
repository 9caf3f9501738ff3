import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { askHealth } from './ask-health.js';
import { type Listener, listen } from './listen.js';
import type { ListenerTls } from './secured-server.js';
import { type Authority, createAuthority } from './testing/certificates.js';

let authority: Authority;
let listener: Listener | undefined;
beforeAll(async () => {
  authority = await createAuthority();
});
afterEach(async () => {
  await listener?.close(0);
  listener = undefined;
});
afterAll(() => authority.dispose());

/** Asks an exporter that answers with a status. */
async function ask(status: number, tls?: Partial<ListenerTls>): Promise<string | undefined> {
  const { certificate: cert, key } = authority.issue('server', 'DNS:elsewhere.example');
  const context = { cert, key, ca: authority.certificate, ...tls?.context };
  listener = await listen((_request, response) => response.writeHead(status).end(), '127.0.0.1', 0, {
    ...(tls && { tls: { clients: 'none', clientNames: undefined, ...tls, context } }),
  });
  return askHealth({ host: '127.0.0.1', port: Number(new URL(listener.url).port), timeoutMs: 10_000 });
}

describe('an exporter that answers is healthy', () => {
  test('over HTTP', async () => {
    expect(await ask(200)).toBeUndefined();
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('over %s, whatever its certificate', async (version) => {
    expect(await ask(200, { context: { minVersion: version, maxVersion: version } })).toBeUndefined();
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'over %s, when it demands a client certificate',
    async (version) => {
      const context = { minVersion: version, maxVersion: version };
      expect(await ask(200, { context, clients: 'required' })).toBeUndefined();
    },
  );
});

describe('an exporter is unhealthy', () => {
  test.each([undefined, {}])('that answers with another status (TLS: %j)', async (tls) => {
    expect(await ask(500, tls)).toMatch(/^The exporter at 127\.0\.0\.1:\d+ answered with status 500\.$/);
  });

  test('that does not run', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    expect(await askHealth({ host: '127.0.0.1', port, timeoutMs: 10_000 })).toMatch(
      /^The exporter at 127\.0\.0\.1:\d+ does not answer \(.*ECONNREFUSED.*\)\.$/,
    );
  });

  test('that accepts connections and sends nothing, like one with a stalled event loop', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    server.on('connection', (socket) => socket.on('error', () => undefined));
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    expect(await askHealth({ host: '127.0.0.1', port, timeoutMs: 100 })).toBe(
      `The exporter at 127.0.0.1:${port} did not answer within 0.1 s.`,
    );
    server.close();
  });
});
