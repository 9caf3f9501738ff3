import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { delayedSocket } from './delayed-socket.js';

test('passes everything on late and in order, from the first byte on', async () => {
  const sent = Array.from({ length: 200 }, (_, number) => `${number};`);
  const server = createServer({ noDelay: true }, (socket) => {
    const far = delayedSocket(socket, 20);
    far.pipe(far);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect({
    port: (server.address() as AddressInfo).port,
    host: '127.0.0.1',
    noDelay: true,
  });
  await once(client, 'connect');
  const since = performance.now();
  for (const text of sent) {
    client.write(text);
    await new Promise(setImmediate);
  }
  let heard = '';
  for await (const chunk of client) {
    // The handshake and the way there take two round trips, the way back half of one.
    if (heard === '') expect(performance.now() - since).toBeGreaterThan(35);
    heard += String(chunk);
    if (heard.length === sent.join('').length) break;
  }
  expect(heard).toBe(sent.join(''));
  client.destroy();
  server.close();
});
