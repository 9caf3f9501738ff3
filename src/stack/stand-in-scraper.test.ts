import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { startStandInScraper } from './stand-in-scraper.js';

test('without Prometheus each node is asked again and again, none while its answer is awaited', async () => {
  const probes: string[] = [];
  let stop = (): void => undefined;
  const enough = new Promise<void>((done) => {
    const server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://exporter');
      if (pathname === '/sd') {
        response.end(
          JSON.stringify(['fra-1', 'hangs'].map((name) => ({ labels: { __param_target: name } }))),
        );
        return;
      }
      const target = searchParams.get('target') ?? '';
      probes.push(target);
      if (target !== 'hangs') response.end('probe_success 1');
      if (probes.length < 5) return;
      stop();
      server.closeAllConnections();
      server.close(() => done());
    }).listen(0, '127.0.0.1');
    void once(server, 'listening').then(() => {
      const { port } = server.address() as AddressInfo;
      stop = startStandInScraper(`http://127.0.0.1:${port}`, 0.01);
    });
  });
  await enough;
  expect(probes.toSorted()).toEqual(['fra-1', 'fra-1', 'fra-1', 'fra-1', 'hangs']);
});
