import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildBatch } from '../collectors/batch.js';
import { COLLECTORS } from '../collectors/registry.js';
import { DEFAULT_SOFTWARE } from '../core/software.js';
import { startDemoFleet } from './demo-fleet.js';
import { takeTurns } from './faults.js';
import { type Target, connect } from './testing/run-command.js';

const NOW = 1_764_000_000;
const TOKEN = 'f00dfeedf00dfeedf00dfeedf00dfeed';
const batch = buildBatch(
  COLLECTORS.filter(({ module }) => module === 'node'),
  DEFAULT_SOFTWARE,
);
const KNOWN_HOST = /^\[(?<host>[\d.]+)\]:(?<port>\d+) (?<hostKey>ssh-ed25519 \S+)$/gm;

/** The nodes as known_hosts lists them. */
async function targetsOf(folder: string): Promise<Target[]> {
  const text = await readFile(join(folder, 'known_hosts'), 'utf8');
  return Array.from(text.matchAll(KNOWN_HOST), ({ groups }) => ({
    host: groups?.['host'] ?? '',
    port: Number(groups?.['port']),
    hostKey: groups?.['hostKey'] ?? '',
  }));
}

/** Handles of servers and connections that keep the process alive. Closed ones go at the end of a turn of the loop. */
async function openSockets(): Promise<number> {
  await setImmediate();
  await setImmediate();
  return process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP')).length;
}

describe('demo fleet', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pipefleet-demo-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('writes a configuration, a private key and the host keys', async () => {
    const fleet = await startDemoFleet({ folder: join(folder, 'new'), now: () => NOW * 1_000 });
    try {
      expect(fleet.nodes).toBe(12);
      const config = await readFile(fleet.configPath, 'utf8');
      expect(config.startsWith('# A simulated fleet. Nothing here is real.\n')).toBe(true);
      const [first] = await targetsOf(dirname(fleet.configPath));
      expect(config).toContain(`  - name: fra-1
    host: ${first?.host}
    port: ${first?.port}
    credential: demo
    groups: [europe]
    labels: { region: eu-central, provider: simcloud, simulated: "true" }
    location: { latitude: 50.11, longitude: 8.68 }
`);
      expect(config.match(/simulated: "true"/g)).toHaveLength(12);
      expect((await stat(join(folder, 'new', 'demo_key'))).mode & 0o777).toBe(0o600);
    } finally {
      await fleet.stop();
    }
  });

  test('200 nodes start, answer with the one key, and leave nothing open', async () => {
    const before = await openSockets();
    const nodes = 200;
    const fleet = await startDemoFleet({ folder, nodes, now: () => NOW * 1_000 });
    const targets = await targetsOf(folder);
    const privateKey = await readFile(join(folder, 'demo_key'), 'utf8');
    expect(new Set(targets.map(({ host, port }) => `${host}:${port}`)).size).toBe(nodes);
    expect(new Set(targets.map(({ hostKey }) => hostKey)).size).toBe(nodes);
    const well = targets.filter((_, position) => takeTurns(position, nodes, 20).at(NOW) === undefined);
    expect(well.length).toBeGreaterThan(180);
    for (const target of well.slice(0, 20)) {
      const client = await connect(target, privateKey);
      const { stdout } = await client.run(batch.command(TOKEN));
      expect(batch.split(stdout, TOKEN).complete).toBe(true);
      await client.end();
    }
    await fleet.stop();
    expect(await openSockets()).toBe(before);
  });

  test('says in one sentence that the folder cannot be written', async () => {
    await expect(startDemoFleet({ folder: '/dev/null/demo', nodes: 1 })).rejects.toMatchObject({
      code: 'config_unreadable',
      message: expect.stringContaining('cannot be written to /dev/null/demo'),
    });
  });
});
