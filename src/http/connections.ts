import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import { Largest } from './largest.js';

type Socket = IncomingMessage['socket'];

/** How much clients may hold at once. */
export interface ConnectionBounds {
  /** Connections of all addresses together. */
  readonly most: number;
  /** Connections of one address. The rest is left to the others, whatever it does. */
  readonly mostOfOne: number;
  /** Bytes of answers that have been given and not been fetched. */
  readonly mostUnread: number;
}

/** All that came from one address, which may be that of a proxy, or of a scraper with thousands of targets. */
interface Client {
  readonly address: string;
  connections: number;
  /** Those on which no request is worked on; the one that has been so for longest is first. */
  readonly idle: Set<Connection>;
  /** Those whose answer has not been fetched; the one that waits for longest is first. */
  readonly unread: Set<Connection>;
}

interface Connection {
  readonly socket: Socket;
  /** The addresses of both ends. */
  readonly name: string;
  readonly client: Client;
  /** Requests that are worked on: a client may send the next one before it has the answer to the first. */
  running: number;
  unreadBytes: number;
}

/**
 * Keeps the connections of a server in bounds without turning a new one away. Where there is one too many, the one that has been idle
 * for longest is closed: of the address that is at its bound, else of that which has most of them. So an address that opens many loses
 * its own. Idle is also one that has not sent a whole request yet, or does not end its handshake. One whose request is worked on is never
 * closed. Where more than the bound waits to be fetched, the oldest answer goes of the address that lets most wait; a single one may be
 * as large as it is.
 *
 * @param onClosed called for each connection that is closed for that
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
    // It has ended already.
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

  // Before the application, which may have answered when it returns.
  server.prependListener('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    // Over TLS it is another object than that which has connected.
    const connection = connections.get(nameOf(socket));
    if (connection === undefined) return;
    let isGiven = false;
    const settle = (): void => {
      if (!isGiven) connection.running -= 1;
      isGiven = true;
      if (!isOpen(connection)) return;
      if (connection.running === 0) setIdle(connection, true);
      setUnread(connection, socket.writableLength);
    };
    connection.running += 1;
    setIdle(connection, false);
    response.once('close', settle);
    // The answer is given, and what the client has not fetched of it yet waits.
    response.once('prefinish', () => {
      settle();
      while (unreadBytes > mostUnread && unread > 1) close(first(slowest.item?.unread));
    });
  });
}

function first(some: ReadonlySet<Connection> | undefined): Connection | undefined {
  return some?.values().next().value;
}

/** The addresses of both ends, which a socket still knows when it is closed. */
function nameOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress ?? ''} ${remotePort ?? ''} ${localAddress ?? ''} ${localPort ?? ''}`;
}
