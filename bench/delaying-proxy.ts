import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { delayedSocket } from '../src/sim/delayed-socket.js';

export interface DelayingProxy {
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * A TCP proxy on loopback behind which a server is far away.
 *
 * @param roundTrip in milliseconds; 0 passes bytes on at once
 */
export async function startDelayingProxy(
  host: string,
  port: number,
  roundTrip: number,
): Promise<DelayingProxy> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ port, host, noDelay: true });
    const far = roundTrip === 0 ? client : delayedSocket(client, roundTrip);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    far.pipe(upstream).pipe(far);
    far.on('close', () => upstream.destroy());
    upstream.on('close', () => far.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
