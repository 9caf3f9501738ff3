import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { bodyOf } from './cases.js';
import { selfSigned } from './self-signed.js';

/** A server on a free port of the loopback address, and what was asked of it. */
export interface Replay {
  readonly port: number;
  readonly paths: readonly string[];
  connections(): number;
  close(): void;
}

const BODIES: Readonly<Record<string, string>> = {
  '/health': 'v0.3.2-health-busy.json',
  '/state': 'v0.3.2-state.json',
  '/status': 'v0.3.2-status.json',
  '/metrics': 'v0.3.2-metrics-busy.json',
  '/cache/stats': 'v0.3.2-cache-stats-busy.json',
};

/** Answers as the node software 0.3.2 did when it was recorded. */
export const asRecorded: RequestListener = (request, response) => {
  const file = BODIES[request.url ?? ''];
  if (file === undefined) response.writeHead(500).end();
  else response.writeHead(200, { 'content-type': 'application/json' }).end(bodyOf(file).trimEnd());
};

/** Starts a server; with `tls`, one with a certificate of its own making. */
export async function replay(answer: RequestListener, { tls = false } = {}): Promise<Replay> {
  const paths: string[] = [];
  let connections = 0;
  const listener: RequestListener = (request, response) => {
    paths.push(request.url ?? '');
    answer(request, response);
  };
  const server: Server = tls ? createTlsServer(selfSigned('node'), listener) : createServer(listener);
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    paths,
    connections: () => connections,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** A port of the loopback address on which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = await replay(asRecorded);
  server.close();
  return server.port;
}
