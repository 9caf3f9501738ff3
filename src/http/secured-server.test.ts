import { request as httpsRequest, type RequestOptions } from 'node:https';
import { TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Listener, listen } from './listen.js';
import type { ListenerTls } from './secured-server.js';
import { type Authority, createAuthority, type Issued } from './testing/certificates.js';

let authority: Authority;
let stranger: Authority;
let server: Issued;
let listener: Listener | undefined;

beforeAll(async () => {
  authority = await createAuthority();
  stranger = await createAuthority();
  server = authority.issue('server', 'DNS:localhost', 'IP:127.0.0.1');
});
afterEach(() => listener?.close(0));
afterAll(() => {
  authority.dispose();
  stranger.dispose();
});

function tls(parts: Partial<ListenerTls> = {}, own = server): ListenerTls {
  const { certificate: cert, key } = own;
  return {
    context: { cert, key, ca: authority.certificate, minVersion: 'TLSv1.2' },
    clients: 'none',
    clientNames: undefined,
    ...parts,
  };
}

async function start(settings: ListenerTls): Promise<Listener> {
  listener = await listen((_request, response) => response.end('here'), '127.0.0.1', 0, { tls: settings });
  return listener;
}

/** What a client is answered, or how it fails; with the name on the server's certificate. */
function ask(options: RequestOptions = {}): Promise<{ said: string; name: string }> {
  return new Promise((resolve) => {
    const request = httpsRequest(
      listener?.url ?? '',
      { ca: authority.certificate, agent: false, ...options },
      (response) => {
        const { subject } = request.socket instanceof TLSSocket ? request.socket.getPeerCertificate() : {};
        let said = '';
        response.on('data', (chunk: Buffer) => (said += chunk.toString()));
        response.on('end', () => resolve({ said, name: String(subject?.CN) }));
      },
    );
    request.on('error', (error: NodeJS.ErrnoException) =>
      resolve({ said: error.code ?? error.message, name: '' }),
    );
    request.end();
  });
}

const as = ({ certificate, key }: Issued): RequestOptions => ({ cert: certificate, key });

test('speaks TLS 1.2 and 1.3, and nothing older', async () => {
  expect((await start(tls())).url).toMatch(/^https:/);
  expect(await ask({ maxVersion: 'TLSv1.2' })).toEqual({ said: 'here', name: 'server' });
  expect(await ask({ minVersion: 'TLSv1.3' })).toEqual({ said: 'here', name: 'server' });
  const old = await ask({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' });
  expect(old.said).not.toBe('here');
});

test('takes a new certificate without hanging up on anybody', async () => {
  const { setTls } = await start(tls());
  expect((await ask()).name).toBe('server');
  setTls(tls({}, authority.issue('renewed', 'IP:127.0.0.1')));
  expect(await ask()).toEqual({ said: 'here', name: 'renewed' });
});

test.each([
  ['the end of TLS', undefined],
  ['another way with certificates of clients', 'required'],
] as const)('does not take %s before a restart', async (_what, clients) => {
  const { setTls } = await start(tls());
  expect(() => setTls(clients && tls({ clients }))).toThrow(
    'TLS or client_auth_type has been turned on, off or changed in the web configuration; restart to use it.',
  );
  expect((await ask()).said).toBe('here');
});

describe('certificates of clients', () => {
  const NAMES = ['prometheus.example.net', 'spiffe://example.net/prometheus', '192.0.2.7'];

  test.each([
    ['required', undefined, undefined, false],
    ['required', 'DNS:prometheus.example.net', undefined, true],
    ['required', 'DNS:prometheus.example.net', NAMES, true],
    ['required', 'URI:spiffe://example.net/prometheus', NAMES, true],
    ['required', 'IP:192.0.2.7', NAMES, true],
    ['required', 'DNS:grafana.example.net', NAMES, false],
    // A name of another kind does not pass for one, nor does a part of a name.
    ['required', 'DNS:not-prometheus.example.net', NAMES, false],
    ['required', 'email:x@prometheus.example.net', NAMES, false],
    ['if given', undefined, NAMES, true],
    ['if given', 'DNS:prometheus.example.net', NAMES, true],
    ['if given', 'DNS:grafana.example.net', NAMES, false],
  ] as const)('%s, with %s of %s: %s', async (clients, name, clientNames, welcome) => {
    await start(tls({ clients, clientNames }));
    const { said } = await ask(name === undefined ? {} : as(authority.issue('client', name)));
    expect(said === 'here').toBe(welcome);
  });

  test.each(['required', 'if given'] as const)('one by another authority is refused: %s', async (clients) => {
    await start(tls({ clients }));
    expect((await ask(as(stranger.issue('client', 'DNS:prometheus.example.net')))).said).not.toBe('here');
  });
});

test('plain HTTP, noise and silence on the port cost nobody else anything', async () => {
  const { url } = await start(tls());
  await expect(fetch(url.replace('https', 'http'))).rejects.toThrow();
  expect((await ask()).said).toBe('here');
});
