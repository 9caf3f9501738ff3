import { once } from 'node:events';
import { Agent as HttpAgent, request as httpRequest, type RequestListener } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { ConnectionBounds } from './connections.js';
import { type Listener, listen } from './listen.js';
import { type Authority, createAuthority } from './testing/certificates.js';

/** Hosts, as seen by the exporter. */
const ATTACKER = '127.0.0.2';
const SCRAPER = '127.0.0.3';
const PROXY = '127.0.0.4';
const BOUNDS: ConnectionBounds = { most: 40, mostOfOne: 30, mostUnread: 8 * 1_048_576, unreadMs: 30_000 };
const ASK = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

/** Resolves when a connection is closed, for whatever reason. */
function ended(socket: Socket): Promise<unknown> {
  return new Promise((resolve) => socket.once('close', resolve));
}

let authority: Authority;
beforeAll(async () => {
  authority = await createAuthority();
});
afterAll(() => authority.dispose());

describe.each(['HTTP', 'HTTPS'])('over %s', (scheme) => {
  let listener: Listener;
  let port: number;
  let closed: number;
  const sockets = new Set<Socket>();
  const agents: HttpAgent[] = [];

  async function start(handler: RequestListener, bounds: Partial<ConnectionBounds> = {}): Promise<void> {
    const { certificate: cert, key } = authority.issue('server', 'DNS:localhost', 'IP:127.0.0.1');
    listener = await listen(handler, '127.0.0.1', 0, {
      ...(scheme === 'HTTPS' && { tls: { context: { cert, key }, clients: 'none', clientNames: undefined } }),
      bounds: { ...BOUNDS, ...bounds },
      onConnectionClosed: () => (closed += 1),
    });
    port = Number(new URL(listener.url).port);
  }

  /** A TCP connection. */
  function dial(host: string): Socket {
    const socket = connect({ port, host: '127.0.0.1', localAddress: host });
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    sockets.add(socket);
    return socket;
  }

  /** The same connection with TLS, if the scheme has it. */
  function upgrade(socket: Socket): Socket {
    if (scheme === 'HTTP') return socket;
    const secured = connectTls({ socket, ca: authority.certificate, servername: 'localhost' });
    return secured.on('error', () => undefined);
  }

  /** A connection that is ready for a request. */
  async function open(host: string): Promise<Socket> {
    const socket = upgrade(dial(host));
    await once(socket, scheme === 'HTTP' ? 'connect' : 'secureConnect');
    return socket;
  }

  /** Sends a request on a connection, and waits for the whole answer. */
  async function ask(socket: Socket): Promise<void> {
    socket.write(ASK);
    while (!String((await once(socket, 'data'))[0]).endsWith('here'));
  }

  /** A scraper that keeps its connections, as Prometheus does, and does not retry. */
  function scraper(host: string): () => Promise<{ said: string; reused: boolean }> {
    const make = scheme === 'HTTP' ? httpRequest : httpsRequest;
    const options = { keepAlive: true, localAddress: host, ca: authority.certificate };
    const agent = scheme === 'HTTP' ? new HttpAgent(options) : new HttpsAgent(options);
    agents.push(agent);
    return () =>
      new Promise((resolve, reject) => {
        const request = make(listener.url, { agent }, (response) => {
          let said = '';
          response.on('data', (chunk: Buffer) => (said += chunk.toString().slice(-4)));
          response.on('end', () => resolve({ said: said.slice(-4), reused: request.reusedSocket }));
        });
        request.on('error', reject).end();
      });
  }

  beforeEach(() => {
    closed = 0;
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    for (const agent of agents.splice(0)) agent.destroy();
    await listener.close(0);
  });

  const answer: RequestListener = (_request, response) => response.end('here');

  test.each([
    ['sends nothing on them', () => undefined],
    ['leaves a request on each unfinished', (socket: Socket) => socket.write('GET / HTTP/1.1\r\nX-Slow: ')],
    ['keeps each after one request', (socket: Socket) => socket.write(ASK)],
  ])('an address that opens connections without end and %s locks no other one out', async (_, use) => {
    await start(answer);
    const scrape = scraper(SCRAPER);
    expect(await scrape()).toEqual({ said: 'here', reused: false });
    let flooding = true;
    const flood = async (): Promise<void> => {
      while (flooding) {
        const socket = dial(ATTACKER);
        const gone = ended(socket);
        const opened = upgrade(socket);
        opened.once(scheme === 'HTTP' ? 'connect' : 'secureConnect', () => use(opened));
        await gone;
      }
    };
    const floods = Array.from({ length: 2 * BOUNDS.mostOfOne }, flood);
    while (closed < 100) {
      // The scraper keeps its connection, and a new host gets in.
      expect(await scrape()).toEqual({ said: 'here', reused: true });
      expect(await scraper(PROXY)()).toEqual({ said: 'here', reused: false });
    }
    flooding = false;
    for (const socket of sockets) socket.destroy();
    await Promise.all(floods);
  });

  test('a new host gets in when many addresses hold all connections', async () => {
    await start(answer, { most: 10, mostOfOne: 8 });
    for (const last of Array.from({ length: 40 }, (_, number) => number + 10)) {
      const socket = await open(`127.0.0.${last}`);
      await ask(socket);
      expect(await scraper(SCRAPER)()).toEqual({ said: 'here', reused: false });
    }
  });

  test('the longest idle connection of an address at its limit is closed, such as that of a proxy', async () => {
    await start(answer, { mostOfOne: 3 });
    const [first, second, third] = [await open(PROXY), await open(PROXY), await open(PROXY)];
    await ask(first);
    const gone = once(second, 'close');
    const fourth = await open(PROXY);
    await gone;
    for (const socket of [first, third, fourth]) await ask(socket);
    expect(closed).toBe(1);
  });

  test('an address at its limit does not cut off its own requests in progress', async () => {
    const waiting: (() => void)[] = [];
    await start((_request, response) => void waiting.push(() => response.end('here')), { mostOfOne: 3 });
    const asking = [await open(PROXY), await open(PROXY), await open(PROXY)];
    const answers = asking.map(ask);
    while (waiting.length < asking.length) await new Promise(setImmediate);
    // There is no idle connection but the new one.
    const more = dial(PROXY);
    await ended(more);
    for (const end of waiting) end();
    await Promise.all(answers);
    expect(closed).toBe(1);
  });

  test.each(['hang', 'are large, pipelined and never read'])(
    'a third address is answered while two others hold all connections with requests that %s',
    async (kind) => {
      const large = 'x'.repeat(4 * 1_048_576);
      const handler: RequestListener = ({ url }, response) => {
        if (url === '/') response.end('here');
        else if (url === '/large') response.end(large);
      };
      await start(handler, { most: 10, mostOfOne: 5, mostUnread: 1_000 * large.length });
      for (const host of [ATTACKER, PROXY]) {
        for (let count = 0; count < 5; count += 1) {
          const socket = await open(host);
          socket.pause();
          socket.write(kind === 'hang' ? ASK.replace('/', '/hang') : ASK.replace('/', '/large').repeat(2));
        }
      }
      // A connection of each is closed, and the scraper keeps its own.
      const scrape = scraper(SCRAPER);
      expect(await scrape()).toEqual({ said: 'here', reused: false });
      await open(ATTACKER);
      await open(PROXY);
      expect(await scrape()).toEqual({ said: 'here', reused: true });
    },
  );

  test('a pipelined request waits until the answer before it has been read', async () => {
    const asked: string[] = [];
    const large = 'x'.repeat(16 * 1_048_576);
    const handler: RequestListener = ({ url = '' }, response) => {
      asked.push(url);
      response.end(url === '/large' ? large : 'here');
    };
    await start(handler, { mostUnread: 2 * large.length });
    const socket = await open(SCRAPER);
    socket.pause();
    socket.write(ASK.replace('/', '/large') + ASK);
    for (let round = 0; round < 3; round += 1) await scraper(PROXY)();
    expect(asked.filter((url) => url === '/large')).toHaveLength(1);
    expect(asked).toHaveLength(4);
    let said = '';
    await new Promise<void>((resolve) => {
      socket.on('data', (chunk: Buffer) => {
        said = (said + chunk.toString('latin1')).slice(-4);
        if (said === 'here') resolve();
      });
      socket.resume();
    });
    expect(asked).toHaveLength(5);
    expect(closed).toBe(0);
  });

  test('a connection that pipelines more than two requests is closed', async () => {
    let asked = 0;
    await start(() => (asked += 1));
    const socket = await open(ATTACKER);
    const gone = ended(socket);
    socket.write(ASK.repeat(1000));
    await gone;
    expect({ asked, closed }).toEqual({ asked: 1, closed: 1 });
  });

  test('a connection whose client reads nothing of an answer for some time is closed', async () => {
    await start((_request, response) => response.end('x'.repeat(16 * 1_048_576)), { unreadMs: 100 });
    const socket = await open(ATTACKER);
    socket.pause();
    socket.write(ASK);
    while (closed === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  });

  test('a client that does not read its answers loses them, and no other client does', async () => {
    const large = `${'x'.repeat(4 * 1_048_576)}here`;
    await start((_request, response) => response.end(large), { mostUnread: 3 * large.length });
    const scrape = scraper(SCRAPER);
    for (let round = 0; round < 10; round += 1) {
      const socket = await open(ATTACKER);
      socket.pause();
      socket.write(ASK);
      expect((await scrape()).said).toBe('here');
    }
    expect(closed).toBeGreaterThan(0);
    expect(closed).toBeLessThan(10);
  });

  test('a single answer may be larger than the limit', async () => {
    const large = `${'x'.repeat(8 * 1_048_576)}here`;
    await start((_request, response) => response.end(large), { mostUnread: 1 });
    expect((await scraper(SCRAPER)()).said).toBe('here');
    expect(closed).toBe(0);
  });

  test('closed connections do not count', async () => {
    await start(answer, { mostOfOne: 3, most: 4 });
    for (let round = 0; round < 20; round += 1) {
      const socket = await open(ATTACKER);
      if (round % 2 === 0) await ask(socket);
      const gone = ended(socket);
      socket.destroy();
      await gone;
      // The server has noticed when it has answered a later request.
      await scraper(SCRAPER)();
      for (const agent of agents.splice(0)) agent.destroy();
    }
    expect(closed).toBe(0);
  });
});

test('over HTTPS, unfinished handshakes lock no other host out', async () => {
  const { certificate: cert, key } = authority.issue('server', 'DNS:localhost', 'IP:127.0.0.1');
  const tls = { context: { cert, key }, clients: 'none', clientNames: undefined } as const;
  const listener = await listen((_request, response) => response.end('here'), '127.0.0.1', 0, {
    ...{ tls, bounds: { ...BOUNDS, most: 10, mostOfOne: 8 } },
  });
  const port = Number(new URL(listener.url).port);
  const sockets: Socket[] = [];
  for (let round = 0; round < 30; round += 1) {
    const socket = connect({ port, host: '127.0.0.1', localAddress: ATTACKER });
    socket.on('error', () => undefined);
    sockets.push(socket);
    await once(socket, 'connect');
    // The beginning of a handshake.
    socket.write(Buffer.from([22, 3, 1, 2, 0, 1, 0, 1]));
  }
  const response = await new Promise((resolve, reject) => {
    httpsRequest(listener.url, { ca: authority.certificate, localAddress: SCRAPER, agent: false }, resolve)
      .on('error', reject)
      .end();
  });
  expect(response).toMatchObject({ statusCode: 200 });
  for (const socket of sockets) socket.destroy();
  await listener.close(0);
});
