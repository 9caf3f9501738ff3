import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface DelayingProxy {
  readonly port: number;
  stop(): Promise<void>;
}

/** Round trips after the client's first packet at which a server hears of a new connection: SYN, SYN and ACK, ACK. */
const TURNS_OF_HANDSHAKE = 1.5;

/**
 * A TCP proxy on loopback with a round-trip time: every byte waits for half of it, in both directions, in order, and a new connection
 * reaches the server when TCP's handshake would have ended. It has no bandwidth to run out of, and loses nothing.
 *
 * @param roundTrip in milliseconds; 0 passes bytes on at once
 */
export async function startDelayingProxy(
  host: string,
  port: number,
  roundTrip: number,
): Promise<DelayingProxy> {
  const sockets = new Set<Socket>();
  const later = (milliseconds: number, work: () => void): void => {
    if (milliseconds === 0) work();
    // Timers of one length run in the order in which they were set.
    else setTimeout(work, milliseconds);
  };
  const server = createServer((client) => {
    sockets.add(client.setNoDelay(true));
    client.on('error', () => undefined);
    client.pause();
    later(roundTrip * TURNS_OF_HANDSHAKE, () => {
      const upstream = connect(port, host);
      sockets.add(upstream.setNoDelay(true));
      upstream.on('error', () => undefined);
      upstream.on('data', (chunk) => later(roundTrip / 2, () => client.write(chunk)));
      // What the client has said meanwhile was on its way behind the handshake.
      upstream.once('connect', () => {
        let waited = false;
        client.on('data', (chunk) => {
          later(waited ? roundTrip / 2 : 0, () => upstream.write(chunk));
          waited = true;
        });
        client.resume();
      });
      client.on('close', () => upstream.destroy());
      upstream.on('close', () => client.destroy());
    });
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
