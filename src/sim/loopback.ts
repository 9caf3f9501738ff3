import type { Server } from 'node:net';
import { codeOf, messageOf, PipefleetError } from '../core/errors.js';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

const LOCALHOST = '127.0.0.1';
const ANY_PORT = 0;

/** An address for each node: 127.0.0.2, 127.0.0.3, … through 127.0.0.0/8. */
export function loopbackAddress(position: number): string {
  const last = position + 2;
  return `127.${(last >> 16) & 255}.${(last >> 8) & 255}.${last & 255}`;
}

/**
 * Listens on an address of the loopback network. Systems that know only 127.0.0.1 get that one, and a free port.
 *
 * @param port 0 lets the kernel choose
 * @throws {PipefleetError} `listen_failed`
 */
export async function listenOnLoopback(server: Server, host: string, port: number): Promise<Endpoint> {
  try {
    return await listen(server, host, port);
  } catch (error) {
    const unknownAddress = codeOf(error) === 'EADDRNOTAVAIL' && host !== LOCALHOST;
    if (unknownAddress) return listenOnLoopback(server, LOCALHOST, ANY_PORT);
    throw new PipefleetError(
      'listen_failed',
      `The simulated node cannot listen on ${host} port ${port} (${messageOf(error)}); let the kernel choose with port 0, or end what listens there.`,
      { cause: error },
    );
  }
}

/** Listens on an address, and says where. Rejects with what the system said. */
export async function listen(server: Server, host: string, port: number): Promise<Endpoint> {
  await new Promise<void>((resolve, reject) => {
    const settle = (error?: Error): void => {
      server.off('listening', settle).off('error', settle);
      if (error === undefined) resolve();
      else reject(error);
    };
    server.once('listening', settle).once('error', settle).listen(port, host);
  });
  const address = server.address();
  return { host, port: typeof address === 'object' && address !== null ? address.port : port };
}
