import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import ssh2, { type Connection } from 'ssh2';
import { makeKeyPair } from './key-pair.js';
import { boundUnaskedPackets } from './unasked-packets.js';

/** What ssh2 has inside a connection of a server. */
interface Inside {
  readonly _protocol: { ping(): void };
}

const open: { destroy(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.destroy();
});

/** A client that has logged in, and the server's side of its connection. */
async function loggedIn(): Promise<{ readonly wire: Socket; readonly server: Connection }> {
  const { privateKey } = makeKeyPair();
  const ssh = new ssh2.Server({ hostKeys: [privateKey] });
  const accepted = once(ssh, 'connection') as Promise<[Connection]>;
  const listener = createServer((socket) => {
    open.push(socket);
    ssh.injectSocket(socket);
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  open.push({ destroy: () => listener.close() });
  const wire = connect((listener.address() as AddressInfo).port, '127.0.0.1');
  wire.on('error', () => undefined);
  open.push(wire);
  await once(wire, 'connect');
  const client = new ssh2.Client();
  client.on('error', () => undefined);
  const ready = once(client, 'ready');
  client.connect({ sock: wire, username: 'x', password: 'x' });
  boundUnaskedPackets(client, wire);
  const [server] = await accepted;
  server.on('error', () => undefined);
  server.on('authentication', (context) => context.accept());
  await ready;
  return { wire, server };
}

const ask = (server: Connection): void => (server as unknown as Inside)._protocol.ping();

test('a peer that asks now and then whether we live is answered', async () => {
  const { wire, server } = await loggedIn();
  for (let time = 0; time < 100; time++) ask(server);
  const answered = wire.bytesWritten;
  ask(server);
  while (wire.bytesWritten === answered) await new Promise((resolve) => setImmediate(resolve));
  expect(wire.destroyed).toBe(false);
});

test('a peer that asks without end loses its connection', async () => {
  const { wire, server } = await loggedIn();
  const closed = new Promise((resolve) => wire.once('close', resolve));
  for (let time = 0; time < 5_000; time++) ask(server);
  await closed;
  expect(wire.destroyed).toBe(true);
  expect(wire.bytesWritten).toBeLessThan(1_048_576);
});
