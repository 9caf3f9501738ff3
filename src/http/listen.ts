import { createServer, type RequestListener, type Server as HttpServer, type ServerOptions } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import { codeOf, messageOf, PipefleetError } from '../core/errors.js';
import { boundConnections, type ConnectionBounds } from './connections.js';
import { createSecured, type ListenerTls } from './secured-server.js';

type Server = HttpServer | HttpsServer;

export interface Listener {
  /** `http://127.0.0.1:10950`, with the port that is really bound. */
  readonly url: string;
  readonly host: string;
  /**
   * Takes other certificates for connections that come from now on.
   *
   * @throws {PipefleetError} `config_invalid` when TLS would begin, end, or ask clients for certificates otherwise than before
   */
  readonly setTls: (tls: ListenerTls | undefined) => void;
  /**
   * Takes no new connection and waits for the questions that run.
   *
   * @param graceSeconds after which what still runs is cut off
   */
  close(graceSeconds: number): Promise<void>;
}

/** Prometheus keeps its connections between scrapes; a server that closes them first makes scrapes fail by chance. */
const KEEP_ALIVE_SECONDS = 330;

/** A connection takes 7 KiB of memory, 26 with TLS. A scraper may keep one per node and module; past its limit it reopens them. */
const BOUNDS: ConnectionBounds = {
  most: 16_384,
  mostOfOne: 8192,
  mostUnread: 64 * 1_048_576,
  unreadMs: 30_000,
};
/** Connections that wait to be accepted; the kernel may have a lower limit. */
const BACKLOG = 4096;
/** Bytes of the head of a request; bodies are not read. */
const HEAD_BYTES = 16_384;
/** How long a request may take to arrive. */
const REQUEST_MS = 30_000;
/** How often connections are looked at for that. */
const CHECK_MS = 10_000;

/** Options other than the defaults: plain HTTP, with the limits of an exporter. */
export interface ListenOptions {
  /** HTTPS instead of HTTP. */
  readonly tls?: ListenerTls | undefined;
  readonly bounds?: ConnectionBounds;
  /** Called for each connection that is closed because of {@link bounds}. */
  readonly onConnectionClosed?: () => void;
  /** How long a request may take to arrive, in milliseconds. */
  readonly requestMs?: number;
}

/**
 * @throws {PipefleetError} `listen_failed` when the address cannot be had
 */
export async function listen(
  handler: RequestListener,
  host: string,
  port: number,
  { tls, bounds = BOUNDS, requestMs = REQUEST_MS, onConnectionClosed = () => undefined }: ListenOptions = {},
): Promise<Listener> {
  const options: ServerOptions = {
    keepAliveTimeout: KEEP_ALIVE_SECONDS * 1000,
    maxHeaderSize: HEAD_BYTES,
    headersTimeout: requestMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: Math.min(requestMs, CHECK_MS),
  };
  const secured = tls === undefined ? undefined : createSecured(tls, options);
  const server = secured?.server ?? createServer(options);
  boundConnections(server, handler, bounds, onConnectionClosed);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenFailure(host, port, error)));
    server.listen({ port, host, backlog: BACKLOG }, resolve);
  });
  return {
    url: `${secured ? 'https' : 'http'}://${printable(host)}:${boundPort(server)}`,
    host,
    setTls: (next) => {
      if (next?.clients !== tls?.clients) {
        throw new PipefleetError(
          'config_invalid',
          'TLS or client_auth_type has been turned on, off or changed in the web configuration; restart to use it.',
        );
      }
      if (next !== undefined) secured?.set(next);
    },
    close: (graceSeconds) => close(server, graceSeconds),
  };
}

async function close(server: Server, graceSeconds: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A connection becomes idle when its last answer is sent, and a scraper would keep it for minutes.
  const sweep = setInterval(() => server.closeIdleConnections(), 20);
  const cut = setTimeout(() => server.closeAllConnections(), graceSeconds * 1000);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}

function boundPort(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function printable(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function listenFailure(host: string, port: number, error: Error): PipefleetError {
  const where = `${printable(host)}:${port}`;
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new PipefleetError(
        'listen_failed',
        `Something listens at ${where} already; stop it or choose another address with --listen.`,
        { cause: error },
      );
    case 'EACCES':
      return new PipefleetError(
        'listen_failed',
        `The port of ${where} may be bound by root only; choose one above 1023 with --listen.`,
        { cause: error },
      );
    case 'EADDRNOTAVAIL':
      return new PipefleetError(
        'listen_failed',
        `This machine has no address ${host}; choose another with --listen.`,
        { cause: error },
      );
    default:
      return new PipefleetError('listen_failed', `Cannot listen at ${where}: ${messageOf(error)}.`, {
        cause: error,
      });
  }
}
