import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { launcherFor } from './launcher.js';
import { relocateFolder } from './relocate.js';
import { run } from './run.js';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pipefleet tree '));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function file(path: string, content = '', mode = 0o644): string {
  const place = join(root, path);
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, content);
  chmodSync(place, mode);
  return place;
}

describe('the launcher of an unpacked program', () => {
  test('is the program itself when it needs nothing', async () => {
    const program = file('usr/bin/tool', '#!/bin/sh\n', 0o755);
    await expect(launcherFor(root, program)).resolves.toBe(program);
  });

  test('names the folders with libraries and keeps arguments, through a symbolic link and without any other program on PATH', async () => {
    const script = '#!/bin/sh\nprintf "%s\\n" "$LD_LIBRARY_PATH" "$@"\n';
    const program = file('usr/bin/tool', script, 0o755);
    file('usr/lib/x86_64-linux-gnu/libone.so.1');
    file('lib/x86_64-linux-gnu/libtwo.so.2.3');
    file('usr/lib/x86_64-linux-gnu/empty/readme');
    await expect(launcherFor(root, program)).resolves.toBe(join(root, 'launch', 'tool'));
    const link = join(root, 'elsewhere');
    symlinkSync(join(root, 'launch', 'tool'), link);

    const { stdout } = await run(link, ['a b', "it's"], { env: { LD_LIBRARY_PATH: '/mine', PATH: '' } });
    expect(stdout.split('\n')).toEqual([
      `${root}/usr/lib/x86_64-linux-gnu:${root}/lib/x86_64-linux-gnu:/mine`,
      'a b',
      "it's",
      '',
    ]);
  });

  test('finds its tree again after it has moved, when it is asked for again', async () => {
    const program = file('usr/bin/tool', '#!/bin/sh\nprintf "%s\\n" "$LD_LIBRARY_PATH"\n', 0o755);
    file('usr/lib/x86_64-linux-gnu/libone.so.1');
    await launcherFor(root, program);
    const moved = `${root} moved`;
    renameSync(root, moved);
    root = moved;
    const { stdout } = await run(await launcherFor(root, join(root, 'usr/bin/tool')), []);
    expect(stdout).toContain(`${moved}/usr/lib/x86_64-linux-gnu`);
  });

  test('starts ssh by a name without a blank, since it starts itself again by that name', async () => {
    const program = file('usr/bin/ssh', '#!/bin/sh\ncommand -v ssh\n', 0o755);
    file('usr/lib/x86_64-linux-gnu/libone.so.1');
    const { stdout } = await run(await launcherFor(root, program), ['-V']);
    expect(stdout.split('\n')[0]).toBe(program);
  });

  test('tells sshd where the programs of its sessions are, in the quotes that sshd reads', async () => {
    const program = file('usr/sbin/sshd', '#!/bin/sh\nprintf "%s\\n" "$@"\n', 0o755);
    const session = file('usr/lib/openssh/sshd-session');
    const { stdout } = await run(await launcherFor(root, program), ['-D']);
    expect(stdout).toBe(`-o\nSshdSessionPath="${session}"\n-D\n`);
  });

  test('gives a relocated program the folder that was compiled in', async () => {
    const folder = '/usr/share/some/where';
    const program = file('usr/bin/tool', `#!/bin/sh\ncat ${folder}/data.txt\n`, 0o755);
    file(`${folder}/data.txt`, 'found');
    await relocateFolder(program, folder);
    const { stdout } = await run(await launcherFor(root, program, folder), []);
    expect(stdout).toBe('found');
  });
});
