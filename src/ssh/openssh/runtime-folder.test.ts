import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { findTool } from '../../stack/tools.js';
import { realNodes } from '../testing/real-nodes.js';
import { clearLeftOvers, makeRuntimeFolder, runtimeBase, SOCKET } from './runtime-folder.js';

const { start } = realNodes();
let base = '';
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'pf-'));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

/** Says in a folder that it belongs to a process that has ended. */
function abandon(path: string): void {
  const owner = readFileSync(join(path, 'owner'), 'utf8').split(' ');
  writeFileSync(join(path, 'owner'), `${owner[0]} 1 ${owner[2]}`);
}

describe('the folder of a connection', () => {
  test('is closed to others, as is what lies there', async () => {
    const folder = await makeRuntimeFolder(base);
    const file = await folder.write('config', 'text');
    expect([statSync(folder.path).mode & 0o777, statSync(file).mode & 0o777]).toEqual([0o700, 0o600]);
    folder.remove();
    expect(existsSync(folder.path)).toBe(false);
  });

  test('has a path that is short enough for a socket', () => {
    expect(runtimeBase('/tmp')).toBe('/tmp');
    expect(runtimeBase(`/${'long'.repeat(20)}`)).toBe('/tmp');
  });
});

describe('left-overs of an exporter that was ended by force', () => {
  test('are removed, and what belongs to a living one stays', async () => {
    const [ours, theirs, nobodys] = await Promise.all([1, 2, 3].map(() => makeRuntimeFolder(base)));
    abandon(theirs?.path ?? '');
    rmSync(join(nobodys?.path ?? '', 'owner'));
    await clearLeftOvers('/bin/false', base);
    expect([ours, theirs, nobodys].map((folder) => existsSync(folder?.path ?? ''))).toEqual([
      true,
      false,
      true,
    ]);
  });

  test('are left to those in another space of process ids', async () => {
    const folder = await makeRuntimeFolder(base);
    writeFileSync(join(folder.path, 'owner'), '999999999 1 pid:[1]');
    await clearLeftOvers('/bin/false', base);
    expect(existsSync(folder.path)).toBe(true);
  });

  test('may be a master that still holds a connection: it is asked to end', async () => {
    const { server } = await start();
    const folder = await makeRuntimeFolder(base);
    abandon(folder.path);
    const lines = [
      'ControlMaster yes',
      `ControlPath ${join(folder.path, SOCKET)}`,
      `Port ${server.port}`,
      `UserKnownHostsFile "${server.knownHosts}"`,
      `IdentityFile "${server.keyFile}"`,
      'IdentitiesOnly yes',
      'BatchMode yes',
      'User pipefleet',
    ];
    const config = await folder.write('config', lines.join('\n'));
    const ssh = await findTool('ssh');
    const master = spawn(ssh, ['-F', config, '-N', '--', server.address], { stdio: 'ignore' });
    const ended = once(master, 'exit');
    while (!existsSync(join(folder.path, SOCKET))) await new Promise((resolve) => setTimeout(resolve, 10));
    await clearLeftOvers(ssh, base);
    await ended;
    expect(existsSync(folder.path)).toBe(false);
  });
});
