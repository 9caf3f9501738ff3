import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { COLLECTORS } from '../collectors/registry.js';
import { gatesOf } from '../gate/gates-of.js';
import { EXIT } from './exit-codes.js';
import { runGateDigest, runGateShow } from './gate.js';

const CONFIG = `
known_hosts: known_hosts
credentials:
  main: { user: pipefleet, key_file: key }
nodes:
  - { name: fra-1, host: fra-1.example.net }
  - { name: fra-2, host: fra-2.example.net, software: { http_port: 8080 } }
  - { name: ams-1, host: ams-1.example.net }
`;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipefleet-gate-'));
  writeFileSync(join(folder, 'fleet.yml'), CONFIG);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function run(command: typeof runGateShow | typeof runGateDigest, options: object) {
  const io = { stdout: new PassThrough(), stderr: new PassThrough() };
  const load = {
    configPath: join(folder, 'fleet.yml'),
    collectors: COLLECTORS,
    home: folder,
    environment: {},
  };
  const code = await command(io, { ...load, ...options } as never, { gatesOf });
  return { code, stdout: String(io.stdout.read() ?? '') };
}

test('prints the gate of a node, byte for byte', async () => {
  const { code, stdout } = await run(runGateShow, { node: 'fra-2' });
  expect(code).toBe(EXIT.ok);
  expect(stdout).toMatch(/^#!\/bin\/sh\n# The gate of pipefleet /);
  expect(stdout).toContain('8080');
  const digest = execFileSync('sha256sum', { input: stdout, encoding: 'utf8' }).split(' ')[0];
  expect((await run(runGateDigest, { selectors: ['fra-2'] })).stdout).toBe(`${digest}  fra-2\n`);
});

test('nodes of the same settings have the same digest', async () => {
  const { stdout } = await run(runGateDigest, { selectors: [] });
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => line.split('  '));
  expect(lines.map(([, name]) => name)).toEqual(['fra-1', 'fra-2', 'ams-1']);
  expect(lines[0]?.[0]).toBe(lines[2]?.[0]);
  expect(lines[0]?.[0]).not.toBe(lines[1]?.[0]);
});

test('names the nodes that there are when there is none of that name', async () => {
  await expect(run(runGateShow, { node: 'x' })).rejects.toThrow('there is fra-1, fra-2, ams-1.');
});
