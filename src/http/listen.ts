import { createServer, type RequestListener, type Server } from 'node:http';
import { codeOf, messageOf, PipefleetError } from '../core/errors.js';

export interface Listener {
  /** `http://127.0.0.1:10950`, with the port that is really bound. */
  readonly url: string;
  readonly host: string;
  /**
   * Takes no new connection and waits for the questions that run.
   *
   * @param graceSeconds after which what still runs is cut off
   */
  close(graceSeconds: number): Promise<void>;
}

/** Prometheus keeps its connections between scrapes; a server that closes them first makes scrapes fail by chance. */
const KEEP_ALIVE_SECONDS = 330;

/** A scraper keeps one for each node and module. More would cost memory that nobody has any use for; they are hung up on. */
const MOST_CONNECTIONS = 16_384;
/** Bytes of the head of a request; bodies are not read. */
const HEAD_BYTES = 16_384;
/** How long a request may take to arrive. */
const REQUEST_MS = 30_000;

/**
 * @param mostConnections at once
 * @throws {PipefleetError} `listen_failed` when the address cannot be had
 */
export async function listen(
  handler: RequestListener,
  host: string,
  port: number,
  mostConnections = MOST_CONNECTIONS,
): Promise<Listener> {
  const server = createServer(
    {
      keepAliveTimeout: KEEP_ALIVE_SECONDS * 1000,
      maxHeaderSize: HEAD_BYTES,
      headersTimeout: REQUEST_MS,
      requestTimeout: REQUEST_MS,
    },
    handler,
  );
  server.maxConnections = mostConnections;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenFailure(host, port, error)));
    server.listen(port, host, resolve);
  });
  return {
    url: `http://${printable(host)}:${boundPort(server)}`,
    host,
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
