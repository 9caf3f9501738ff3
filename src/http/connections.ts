import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import { Largest } from './largest.js';

type Socket = IncomingMessage['socket'];

/** Limits on what clients may hold at once. */
export interface ConnectionBounds {
  /** Connections in total. */
  readonly most: number;
  /** Connections per address; the rest is reserved for other addresses. */
  readonly mostOfOne: number;
  /** Bytes of complete answers that clients have not read yet. */
  readonly mostUnread: number;
}

/** The connections of one address, which may be that of a proxy, or of a scraper with thousands of targets. */
interface Client {
  readonly address: string;
  connections: number;
  /** Those without a request in progress, the longest idle first. */
  readonly idle: Set<Connection>;
  /** Those with an answer that has not been read, the oldest first. */
  readonly unread: Set<Connection>;
}

interface Connection {
  readonly socket: Socket;
  /** Addresses and ports of both ends. */
  readonly name: string;
  readonly client: Client;
  /** Requests in progress: with pipelining there may be several. */
  running: number;
  unreadBytes: number;
}

/**
 * Limits the connections of a server without refusing new ones. When there is one too many, closes the one that has been idle longest:
 * of the address that is at its limit, else of the address with the most idle ones. So an address that opens many loses its own.
 * Connections with an unfinished request or handshake count as idle; one with a request in progress is never closed. When clients leave
 * too many bytes of answers unread, drops the oldest answer of the address with the most of them, but never the only one.
 *
 * @param onClosed called for each connection that is closed because of a limit
 */
export function boundConnections(
  server: HttpServer | HttpsServer,
  { most, mostOfOne, mostUnread }: ConnectionBounds,
  onClosed: () => void,
): void {
  const connections = new Map<string, Connection>();
  const clients = new Map<string, Client>();
  const idlest = new Largest<Client>();
  const slowest = new Largest<Client>();
  let unread = 0;
  let unreadBytes = 0;

  const isOpen = (connection: Connection): boolean => connections.get(connection.name) === connection;
  const setIdle = (connection: Connection, idle: boolean): void => {
    const { client } = connection;
    if (client.idle.has(connection) === idle) return;
    if (idle) client.idle.add(connection);
    else client.idle.delete(connection);
    idlest.change(client, idle ? 1 : -1);
  };
  const setUnread = (connection: Connection, bytes: number): void => {
    const { client } = connection;
    unreadBytes += bytes - connection.unreadBytes;
    connection.unreadBytes = bytes;
    const waits = bytes > 0;
    if (client.unread.has(connection) === waits) return;
    if (waits) client.unread.add(connection);
    else client.unread.delete(connection);
    unread += waits ? 1 : -1;
    slowest.change(client, waits ? 1 : -1);
  };
  const forget = (connection: Connection): void => {
    if (!isOpen(connection)) return;
    const { client } = connection;
    connections.delete(connection.name);
    setIdle(connection, false);
    setUnread(connection, 0);
    client.connections -= 1;
    if (client.connections === 0) clients.delete(client.address);
  };
  const close = (connection: Connection | undefined): void => {
    if (connection === undefined) return;
    onClosed();
    forget(connection);
    connection.socket.destroy();
  };

  server.on('connection', (socket: Socket) => {
    const { remoteAddress: address } = socket;
    // It is closed already.
    if (address === undefined) {
      socket.destroy();
      return;
    }
    const client = clients.get(address) ?? { address, connections: 0, idle: new Set(), unread: new Set() };
    const connection = { socket, name: nameOf(socket), client, running: 0, unreadBytes: 0 };
    clients.set(address, client);
    connections.set(connection.name, connection);
    client.connections += 1;
    setIdle(connection, true);
    socket.once('close', () => forget(connection));
    if (client.connections > mostOfOne) close(first(client.idle));
    else if (connections.size > most) close(first(idlest.item?.idle));
  });

  // Runs before the application, which may answer before it returns.
  server.prependListener('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    // With TLS, this socket is not the object of the `connection` event.
    const connection = connections.get(nameOf(socket));
    if (connection === undefined) return;
    let isDone = false;
    const settle = (): void => {
      if (!isDone) connection.running -= 1;
      isDone = true;
      if (!isOpen(connection)) return;
      if (connection.running === 0) setIdle(connection, true);
      setUnread(connection, socket.writableLength);
    };
    connection.running += 1;
    setIdle(connection, false);
    response.once('close', settle);
    // The answer is complete; the client may not have read all of it.
    response.once('prefinish', () => {
      settle();
      while (unreadBytes > mostUnread && unread > 1) close(first(slowest.item?.unread));
    });
  });
}

function first(some: ReadonlySet<Connection> | undefined): Connection | undefined {
  return some?.values().next().value;
}

/** Addresses and ports of both ends; a closed socket still knows them. */
function nameOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress ?? ''} ${remotePort ?? ''} ${localAddress ?? ''} ${localPort ?? ''}`;
}
