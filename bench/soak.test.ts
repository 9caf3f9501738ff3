import { expect, test } from '@jest/globals';
import { growthOf, type Held, soak } from './soak.js';

test('nothing grows while nodes fail, scrapers hang up, connections age and the configuration is reloaded', async () => {
  const soaked = await soak({ nodes: 120, seconds: 30, everySeconds: 1, say: () => undefined });
  expect(soaked.probes).toBeGreaterThan(500);
  expect(soaked.failures).toBeGreaterThan(20);
  expect(soaked.dials).toBeGreaterThan(200);
  // Memory is settling in the first half minute; what does not come back would be many times this.
  const growth = (of: (one: Held) => number): number => growthOf(soaked.held, of);
  expect(growth(({ residentBytes }) => residentBytes)).toBeLessThan(0.2);
  expect(growth(({ openFiles }) => openFiles)).toBeLessThan(0.1);
  expect(growth(({ resources }) => resources)).toBeLessThan(0.1);
  // Nothing stays behind of a connection: a few are those that ask over HTTP.
  expect(soaked.afterwards.openFiles).toBeLessThan(soaked.before.openFiles + 20);
  expect(soaked.afterwards.resources).toBeLessThan(soaked.before.resources + 20);
}, 120_000);
