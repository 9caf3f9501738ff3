import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { type Listener, listen } from './listen.js';

let listener: Listener | undefined;
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await listener?.close(0);
});

async function start(): Promise<void> {
  listener = await listen((_request, response) => response.end('here'), '127.0.0.1', 0);
}

async function open(): Promise<Socket> {
  const socket = connect(Number(new URL(listener?.url ?? '').port), '127.0.0.1');
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}

/** What the server says, up to its end or to the end of an answer. */
async function answer(socket: Socket): Promise<string> {
  let said = '';
  for await (const chunk of socket) {
    said += (chunk as Buffer).toString('latin1');
    if (said.endsWith('here')) break;
  }
  return said;
}

test('the head of a request is bounded', async () => {
  await start();
  const socket = await open();
  socket.write(`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(16_384)}\r\n\r\n`);
  expect(await answer(socket)).toMatch(/^HTTP\/1\.1 431 /);
});

test('a body that nobody asked for is not taken in', async () => {
  await start();
  const socket = await open();
  socket.on('error', () => undefined);
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n');
  const pour = (): void => {
    while (socket.writable && socket.write(Buffer.alloc(65_536)));
  };
  socket.on('drain', pour);
  pour();
  // It is answered without being read; what was poured in stays with whoever pours.
  expect(await answer(socket)).toMatch(/^HTTP\/1\.1 200 /);
  expect(socket.bytesWritten).toBeLessThan(100_000_000);
});

test('who sends a request a letter at a time is hung up on', async () => {
  listener = await listen((_request, response) => response.end('here'), '127.0.0.1', 0, { requestMs: 200 });
  const socket = await open();
  socket.on('error', () => undefined);
  const drip = setInterval(() => socket.write('x'), 20);
  socket.write('GET / HTTP/1.1\r\nX-Slow: ');
  const said = await answer(socket);
  clearInterval(drip);
  expect(said).toMatch(/^HTTP\/1\.1 408 |^$/);
});
