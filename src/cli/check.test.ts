import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DEFAULT_SOFTWARE } from '../core/software.js';
import { runCheck, type CheckReport } from './check.js';
import { EXIT, exitCodeOf } from './exit-codes.js';
import { type NodesListOptions, runNodesList } from './nodes-list.js';
import type { Io } from './print.js';

let folder = '';

const GOOD = `
known_hosts: known_hosts
credentials:
  main: { user: pipefleet, key_file: key }
nodes:
  - { name: fra-1, host: fra-1.example.net, groups: [edge, eu], labels: { region: eu } }
  - { name: sgp-1, host: "2001:db8::30", port: 2222 }
`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipefleet-cli-'));
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text, { mode: 0o600 });
  write('good.yml', GOOD);
  write('empty.yml', 'known_hosts: known_hosts\nnodes: []\n');
  write('bad.yml', 'listn: 1\nlimits: { idle: 10 }\n');
  write('known_hosts', '');
  write('open-key.yml', GOOD.replace('key_file: key', 'key_file: open-key'));
  const key = '-----BEGIN PRIVATE KEY-----\n';
  write('key', key);
  write('open-key', key);
  chmodSync(join(folder, 'open-key'), 0o644);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a command and gives what it printed, with the test's folder taken out of every path. */
async function run(command: typeof runCheck | typeof listNodes, file: string, json = false) {
  const io = { stdout: new PassThrough(), stderr: new PassThrough() };
  const options = {
    configPath: join(folder, file),
    collectors: [{ name: 'cpu', module: 'node' }],
    home: folder,
    environment: {},
    json,
  };
  const code = await command(io, options);
  const printed = (stream: PassThrough) => String(stream.read() ?? '').replaceAll(`${folder}/`, '');
  return { code, stdout: printed(io.stdout), stderr: printed(io.stderr) };
}

const listNodes = (io: Io, options: NodesListOptions): ReturnType<typeof runNodesList> =>
  runNodesList(io, options, { setsFor: () => Promise.resolve(() => undefined) });

describe('pipefleet check', () => {
  test('says in one line that nothing is wrong', async () => {
    expect(await run(runCheck, 'good.yml')).toEqual({
      code: EXIT.ok,
      stdout: 'good.yml: 2 nodes, 1 credential, 1 module: no problems.\n',
      stderr: '',
    });
  });

  test('prints every problem of the file, and ends with 2', async () => {
    expect(await run(runCheck, 'bad.yml')).toEqual({
      code: EXIT.usage,
      stdout: '',
      stderr:
        'bad.yml:1:1: "listn" is not a known key; did you mean "listen"?\n' +
        'bad.yml:2:17: "idle" has no unit; write for example "10m"\n',
    });
  });

  test('prints what is wrong with what the file names, and ends with 1', async () => {
    expect(await run(runCheck, 'open-key.yml')).toEqual({
      code: EXIT.failed,
      stdout: '',
      stderr:
        'open-key.yml:4:38: the key file open-key is open to other users (mode 0644); run: chmod 600 open-key\n',
    });
  });

  test('--json prints one object for CI, with the same exit codes', async () => {
    const good = await run(runCheck, 'good.yml', true);
    expect(JSON.parse(good.stdout)).toEqual({
      file: 'good.yml',
      ok: true,
      problems: [],
      counts: { nodes: 2, credentials: 1, modules: 1 },
    });
    const bad = await run(runCheck, 'bad.yml', true);
    expect(bad).toMatchObject({ code: EXIT.usage, stderr: '' });
    const report = JSON.parse(bad.stdout) as CheckReport;
    expect(report).toMatchObject({
      ok: false,
      problems: [
        { line: 1, column: 1 },
        { line: 2, column: 17 },
      ],
    });
  });

  test('a file that is not there is a usage error of its own', async () => {
    const error: unknown = await run(runCheck, 'missing.yml').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'config_unreadable' });
    expect(exitCodeOf(error)).toBe(EXIT.usage);
  });
});

describe('pipefleet nodes list', () => {
  test('prints aligned columns without colours where nobody watches', async () => {
    expect((await run(listNodes, 'good.yml')).stdout).toBe(
      [
        'NAME   HOST               PORT  BEHIND  USER       CREDENTIAL  GROUPS   LABELS',
        'fra-1  fra-1.example.net  22    -       pipefleet  main        edge,eu  region=eu',
        'sgp-1  2001:db8::30       2222  -       pipefleet  main        -        -',
        '',
      ].join('\n'),
    );
  });

  test('makes the heading bold on a terminal', async () => {
    const stdout = Object.assign(new PassThrough(), { isTTY: true });
    const options = { configPath: join(folder, 'good.yml'), collectors: [], environment: {} };
    await listNodes({ stdout, stderr: new PassThrough() }, options);
    expect(String(stdout.read())).toContain('\u001B[1mNAME');
  });

  test('--json names the credential and not where its secret lies', async () => {
    const { stdout } = await run(listNodes, 'good.yml', true);
    expect(JSON.parse(stdout)).toEqual([
      {
        name: 'fra-1',
        host: 'fra-1.example.net',
        port: 22,
        addresses: [],
        jump: [],
        user: 'pipefleet',
        credential: 'main',
        groups: ['edge', 'eu'],
        labels: { region: 'eu' },
        software: DEFAULT_SOFTWARE,
      },
      expect.objectContaining({ name: 'sgp-1', port: 2222 }),
    ]);
    expect(stdout).not.toContain('key');
  });

  test('an empty fleet is said, and is an empty list as JSON', async () => {
    expect((await run(listNodes, 'empty.yml')).stdout).toBe('empty.yml names no nodes.\n');
    expect((await run(listNodes, 'empty.yml', true)).stdout).toBe('[]\n');
  });

  test('a bad file throws all its problems', async () => {
    await expect(run(listNodes, 'bad.yml')).rejects.toMatchObject({ code: 'config_invalid' });
  });
});

test('anything that is not an error of ours ends with 1', () => {
  expect(exitCodeOf(new Error('a bug'))).toBe(EXIT.failed);
});
