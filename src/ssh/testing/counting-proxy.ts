import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface CountingProxy {
  readonly port: number;
  /**
   * How often, since the last call, the client spoke after it had heard something: the number of round trips that it waited
   * for when the last word was the server's.
   */
  turns(): number;
  stop(): Promise<void>;
}

/** A TCP proxy on loopback that counts who speaks when. */
export async function startCountingProxy(host: string, port: number): Promise<CountingProxy> {
  const sockets = new Set<Socket>();
  let turns = 0;
  let last: 'client' | 'server' = 'server';
  const server = createServer((client) => {
    const upstream = connect(port, host);
    for (const socket of [client, upstream]) {
      sockets.add(socket.setNoDelay(true));
      socket.on('error', () => undefined);
      socket.on('close', () => {
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (chunk) => {
      if (last === 'server') turns++;
      last = 'client';
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      last = 'server';
      client.write(chunk);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    turns: () => {
      const counted = turns;
      turns = 0;
      last = 'server';
      return counted;
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
