import { expect, test } from '@jest/globals';
import { startDeadline } from '../core/deadline.js';
import { PhaseClock } from './phase-clock.js';
import { makeNode } from './testing/make-node.js';
import { startTcpServer } from './testing/tcp-server.js';
import { directly } from './way.js';

const node = makeNode({ host: 'fra-1.example.net', port: 22, knownHosts: '/nothing' });

test('a look-up that never ends is given up at the deadline, as a failure of DNS', async () => {
  const way = directly({ resolve: () => new Promise(() => undefined) });
  const deadline = startDeadline(0.1);
  const stage = { clock: new PhaseClock('queue'), signal: deadline.signal, lastReason: undefined };
  await expect(way.open(node, stage)).rejects.toMatchObject({ reason: 'dns' });
  deadline.clear();
});

test('a slow look-up is waited for as long as there is time, and costs other hosts nothing', async () => {
  const server = await startTcpServer(() => undefined);
  const answers: ((addresses: string[]) => void)[] = [];
  const way = directly({
    resolve: (host) =>
      host === 'slow' ? new Promise((resolve) => answers.push(resolve)) : Promise.resolve(['127.0.0.1']),
  });
  const deadline = startDeadline(20);
  const open = (host: string) =>
    way.open(makeNode({ host, port: server.port, knownHosts: '/nothing' }), {
      clock: new PhaseClock('queue'),
      signal: deadline.signal,
      lastReason: undefined,
    });
  const slow = open('slow');
  (await open('quick')).destroy();
  expect(answers).toHaveLength(1);
  answers[0]?.(['127.0.0.1']);
  (await slow).destroy();
  deadline.clear();
  server.stop();
});
