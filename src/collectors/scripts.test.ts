import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { findTool } from '../stack/tools.js';
import { COLLECTORS } from './registry.js';
import { answerOf, busyboxNode, removeNodes } from './testing/nodes.js';
import { expectPromised } from './testing/promises.js';
import type { Node } from './testing/shell.js';

/** What any Linux states. */
const EVERYWHERE = ['cpu', 'loadavg', 'meminfo', 'stat', 'netdev', 'time', 'uname', 'pipe-node'];

let busybox = '';
beforeAll(async () => {
  busybox = await findTool('busybox');
});
afterAll(removeNodes);

const NODES: readonly [name: string, node: () => Node][] = [
  ['dash', () => ({ shell: ['dash'] })],
  ['bash as sh', () => ({ shell: ['bash', '--posix'] })],
  ['busybox and nothing else', () => busyboxNode(busybox, { wget: busybox })],
];

test.each(NODES)('%s runs the whole batch, and every collector can read its part', async (_, node) => {
  const { complete, parse } = await answerOf(COLLECTORS, node());
  expect(complete).toBe(true);
  expect(COLLECTORS.map(({ name }) => name)).toEqual(expect.arrayContaining(EVERYWHERE));
  for (const collector of COLLECTORS) {
    const samples = parse(collector);
    expectPromised(collector, samples);
    if (EVERYWHERE.includes(collector.name)) expect(samples).not.toEqual([]);
  }
});
