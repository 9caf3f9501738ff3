import type { IncomingMessage, RequestListener, Server as HttpServer, ServerResponse } from 'node:http';
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
  /** How long a client may read nothing of a complete answer, in milliseconds. */
  readonly unreadMs: number;
}

/** The connections of one address, which may be that of a proxy, or of a scraper with thousands of targets. */
interface Client {
  readonly address: string;
  /** Those without a request in progress, the longest idle first. */
  readonly idle: Set<Connection>;
  /** Those with a request in progress, the oldest request first. */
  readonly busy: Set<Connection>;
  /** Those with an answer that has not been read, the oldest first. */
  readonly unread: Set<Connection>;
}

interface Connection {
  readonly socket: Socket;
  /** Addresses and ports of both ends. */
  readonly name: string;
  readonly client: Client;
  unreadBytes: number;
  /** Whether there is a request whose answer has not been sent whole. */
  answering: boolean;
  /** Serves the request that came in the meantime. */
  next: (() => void) | undefined;
}

/**
 * Serves requests, and limits the connections of a server without refusing new addresses. When there is one connection too many, closes one
 * of the address that has the most: the one that has been idle longest, else the one with the oldest request. An address at its own limit
 * loses an idle one, which is the new one when all others have a request in progress. Connections with an unfinished request or handshake,
 * or with a complete answer that has not been read, count as idle.
 *
 * A connection has one request in progress. The next one waits until the answer has been sent whole, and a third closes the connection:
 * otherwise a client could queue answers without limit by pipelining. When clients leave too many bytes of answers unread, drops the oldest
 * answer of the address with the most of them, but never the only one.
 *
 * @param server a server without a listener for requests
 * @param onClosed called for each connection that is closed because of a limit
 */
export function boundConnections(
  server: HttpServer | HttpsServer,
  handler: RequestListener,
  { most, mostOfOne, mostUnread, unreadMs }: ConnectionBounds,
  onClosed: () => void,
): void {
  const connections = new Map<string, Connection>();
  const clients = new Map<string, Client>();
  const largest = new Largest<Client>();
  const slowest = new Largest<Client>();
  let unread = 0;
  let unreadBytes = 0;

  const isOpen = (connection: Connection): boolean => connections.get(connection.name) === connection;
  const setIdle = (connection: Connection, idle: boolean): void => {
    const { client } = connection;
    const [from, to] = idle ? [client.busy, client.idle] : [client.idle, client.busy];
    from.delete(connection);
    to.add(connection);
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
    setUnread(connection, 0);
    client.idle.delete(connection);
    client.busy.delete(connection);
    largest.change(client, -1);
    if (client.idle.size + client.busy.size === 0) clients.delete(client.address);
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
    const client = clients.get(address) ?? { address, idle: new Set(), busy: new Set(), unread: new Set() };
    const connection = {
      socket,
      name: nameOf(socket),
      client,
      unreadBytes: 0,
      answering: false,
      next: undefined,
    };
    clients.set(address, client);
    connections.set(connection.name, connection);
    largest.change(client, 1);
    setIdle(connection, true);
    socket.once('close', () => forget(connection));
    if (client.idle.size + client.busy.size > mostOfOne) close(first(client.idle));
    // The new one is idle, so an address that has the most itself loses no request in progress.
    else if (connections.size > most) close(first(largest.item?.idle) ?? first(largest.item?.busy));
  });

  const serve = (connection: Connection, request: IncomingMessage, response: ServerResponse): void => {
    // With TLS, this socket is not the object of the `connection` event.
    const { socket } = request;
    connection.answering = true;
    setIdle(connection, false);
    // The answer is complete; the client may not have read all of it.
    response.once('prefinish', () => {
      if (!isOpen(connection)) return;
      setIdle(connection, true);
      setUnread(connection, socket.writableLength);
      // The server sets its own time limit once the answer is sent.
      if (connection.unreadBytes > 0) response.setTimeout(unreadMs, () => close(connection));
      while (unreadBytes > mostUnread && unread > 1) close(first(slowest.item?.unread));
    });
    response.once('finish', () => {
      if (!isOpen(connection)) return;
      setUnread(connection, 0);
      connection.answering = false;
      const { next } = connection;
      connection.next = undefined;
      next?.();
    });
    handler(request, response);
  };

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const connection = connections.get(nameOf(request.socket));
    // It is closed already; the server still parses what has arrived.
    if (connection === undefined) return;
    if (!connection.answering) serve(connection, request, response);
    else if (connection.next === undefined) connection.next = () => serve(connection, request, response);
    else close(connection);
  });
}

function first(some: ReadonlySet<Connection> | undefined): Connection | undefined {
  return some?.values().next().value;
}

/** Addresses and ports of both ends; a closed socket still knows them. */
function nameOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress ?? ''} ${remotePort ?? ''} ${localAddress ?? ''} ${localPort ?? ''}`;
}
