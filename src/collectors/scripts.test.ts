import { expect, test } from '@jest/globals';
import { findTool } from '../stack/tools.js';
import { COLLECTORS } from './registry.js';
import { askAll, SHELLS } from './testing/node.js';
import { expectPromised } from './testing/promises.js';

/** What any Linux states. */
const EVERYWHERE = ['cpu', 'loadavg', 'meminfo', 'stat', 'netdev', 'time', 'uname', 'pipe-node'];

test.each(SHELLS)('%s runs the whole batch, and every collector can read its part', async (shell) => {
  const programs = shell === 'busybox' ? { wget: await findTool('busybox') } : {};
  const { complete, parse } = await askAll(COLLECTORS, { shell, programs });
  expect(complete).toBe(true);
  expect(COLLECTORS.map(({ name }) => name)).toEqual(expect.arrayContaining(EVERYWHERE));
  for (const collector of COLLECTORS) {
    const samples = parse(collector);
    expectPromised(collector, samples);
    if (EVERYWHERE.includes(collector.name)) expect(samples).not.toEqual([]);
  }
});
