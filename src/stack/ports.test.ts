import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createPortBroker, isFree } from './ports.js';

let server: Server;
let taken = 0;
let said: string[] = [];

beforeEach(async () => {
  said = [];
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  taken = typeof address === 'object' && address !== null ? address.port : 0;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

describe('the port broker', () => {
  test('passes over a taken port and says so', async () => {
    const broker = createPortBroker((line) => said.push(line));
    const port = await broker.take(taken, 'the exporter');
    expect(port).toBeGreaterThan(taken);
    expect(said).toEqual([`Port ${taken} is taken: the exporter uses ${port}.`]);
  });

  test('gives the wished port without a word when it is free', async () => {
    const broker = createPortBroker((line) => said.push(line));
    const free = await broker.take(taken, 'somebody');
    said = [];
    await expect(createPortBroker((line) => said.push(line)).take(free, 'Prometheus')).resolves.toBe(free);
    expect(said).toEqual([]);
  });

  test('gives no port twice, although the first is not bound yet', async () => {
    const broker = createPortBroker(() => undefined);
    const first = await broker.take(taken, 'one');
    await expect(broker.take(first, 'another')).resolves.toBeGreaterThan(first);
  });

  test('a port that something listens on is not free', async () => {
    await expect(isFree(taken)).resolves.toBe(false);
  });
});
