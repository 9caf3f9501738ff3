import { expect, test } from '@jest/globals';
import { growthOf, type Held, soak } from './soak.js';

test('nothing grows while nodes fail, scrapers hang up, connections age and the configuration is reloaded', async () => {
  const soaked = await soak({ nodes: 120, seconds: 30, everySeconds: 1, say: () => undefined });
  expect(soaked.probes).toBeGreaterThan(500);
  expect(soaked.failures).toBeGreaterThan(20);
  expect(soaked.dials).toBeGreaterThan(200);
  // Memory settles in the first half minute, and a busy machine has more under way at a time: a leak of a probe would be many times this.
  const growth = (of: (one: Held) => number): number => growthOf(soaked.held, of);
  expect(growth(({ residentBytes }) => residentBytes)).toBeLessThan(0.5);
  expect(growth(({ openFiles }) => openFiles)).toBeLessThan(0.5);
  expect(growth(({ resources }) => resources)).toBeLessThan(0.5);
  // Nothing stays behind of a connection: a few are those that ask over HTTP.
  expect(soaked.afterwards.openFiles).toBeLessThan(soaked.before.openFiles + 20);
  expect(soaked.afterwards.resources).toBeLessThan(soaked.before.resources + 20);
});
