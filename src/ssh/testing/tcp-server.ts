import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface TcpServer {
  readonly port: number;
  /** Closes the server and every connection. */
  stop(): void;
}

/** A TCP server on loopback that does with each connection what the test wants. */
export async function startTcpServer(onSocket: (socket: Socket) => void): Promise<TcpServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onSocket(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
