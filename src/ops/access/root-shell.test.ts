import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SHELLS, wordsOf } from '../../collectors/testing/node.js';
import { findTool } from '../../stack/tools.js';
import { ROOT_SHELL } from './root-shell.js';

describe.each(SHELLS)('the shell of root, %s,', (shell) => {
  let folder: string;
  const me = process.getuid?.() ?? 0;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'pipefleet-root-'));
    mkdirSync(join(folder, 'a folder'));
    writeFileSync(join(folder, 'own'), 'keys\n');
    linkSync(join(folder, 'own'), join(folder, 'another name'));
    symlinkSync('own', join(folder, 'link'));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    writeFileSync(join(folder, 'large'), 'x'.repeat(262_145));
    writeFileSync(join(folder, 'closed'), '');
    chmodSync(join(folder, 'closed'), 0o600);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  async function answer(question: string, change = (text: string): string => text): Promise<string> {
    const [program = '', ...words] = await wordsOf(shell);
    const stat = shell === 'busybox' ? `stat() { "${await findTool('busybox')}" stat "$@"; }\n` : '';
    const input = `${change(ROOT_SHELL)}${stat}cd '${folder}'; if ${question}; then echo yes; else printf '%s\\n' "$why"; fi\n`;
    return execFileSync(program, [...words, '-s'], { input, encoding: 'utf8' }).trim();
  }

  test.each([
    ['folder', 'a folder'],
    ['file', 'own'],
    ['link', 'link'],
    ['other', 'pipe'],
    ['none', 'nothing'],
  ])('sees a %s without following it', async (what, name) => {
    expect(await answer(`look '${name}'; [ $what = ${what} ]`)).toBe('yes');
  });

  test.each([
    ['/etc', 'yes'],
    ["''", 'yes'],
    ['/usr/lib', 'yes'],
    ['/etc/passwd', '/etc/passwd is no folder'],
    ['/etc/nothing/here', '/etc/nothing does not exist'],
    ['/proc/self', '/proc/self is a link'],
    ['/proc/self/fd', '/proc/self is a link'],
    ['/dev/null/x', '/dev/null is no folder'],
    ['/dev/shm/x', '/dev/shm can be written by others than root'],
    ['/etc/../etc', '/etc/../etc is no plain absolute path'],
    ['/etc/.', '/etc/. is no plain absolute path'],
    ['//etc', '//etc is no plain absolute path'],
    ['/etc/', '/etc/ is no plain absolute path'],
    ['etc', 'etc is no plain absolute path'],
  ])('says of the folder %s whether root alone can change what is there', async (path, said) => {
    expect(await answer(`rooted ${path}`)).toBe(said);
  });

  test.each([
    ['own', me, 'yes'],
    ['another name', me, 'yes'],
    ['nothing', me, 'yes'],
    ['link', me, 'link is a link'],
    ['pipe', me, 'pipe is no file'],
    ['a folder', me, 'a folder is no file'],
    ['large', me, 'large is larger than 262144 bytes'],
    ['/etc/passwd', 12_345, 'yes'],
    [
      'closed',
      12_345,
      me === 0 ? 'closed is for root alone' : 'closed belongs to neither root nor its account',
    ],
  ])('says of the file %s whether it may be shown to an account', async (path, uid, said) => {
    expect(await answer(`plain '${path}' ${uid}`)).toBe(said);
  });

  test('tells what cannot be looked at from what is not there', async () => {
    const refusing = 'stat() { echo "stat: cannot statx: Permission denied"; return 1; }';
    expect(await answer(`${refusing}; look own; [ $what = hidden ]`)).toBe('yes');
    expect(await answer('look own/below; [ $what = none ]')).toBe('yes');
  });

  test.each([
    ['a\\tb', 'yes'],
    ['é', 'yes'],
    ['a\\fb', ''],
    ['a\\013b', ''],
    ['a\\rb', ''],
    ['a\\000b', ''],
    ['a\\177b', ''],
  ])('says whether a file with %s is clean', async (text, said) => {
    const sentence = 'keys holds control characters, by which a key can be disguised';
    expect(await answer(`printf '${text}\\n' >keys; clean keys`)).toBe(said || sentence);
  });

  test.each([
    ['/home/eve', "/home/eve/.ssh is a file system of a user's program (FUSE)"],
    ['/home/eve/.ssh', "/home/eve/.ssh is a file system of a user's program (FUSE)"],
    ["'/home/a b'", "/home/a\\040b is a file system of a user's program (FUSE)"],
    ["'/home/c\\d'", "/home/c\\134d is a file system of a user's program (FUSE)"],
    ['/home/ev', 'yes'],
    ['/home/tom', 'yes'],
  ])('sees whether a program of a user answers for what is in %s', async (path, said) => {
    const mounts = join(folder, 'mountinfo');
    writeFileSync(
      mounts,
      `22 1 8:1 / / rw - ext4 /dev/sda1 rw
30 22 0:69 / /home/eve/.ssh rw,relatime shared:7 - fuse.evil evil rw,user_id=1004
32 22 0:70 / /home/a\\040b rw - fuse.evil evil rw
33 22 0:71 / /home/c\\134d rw - fuse.evil evil rw
31 22 8:2 / /home/tom rw - ext4 /dev/sdb1 rw
`,
    );
    expect(await answer(`unmounted ${path}`)).toBe('yes');
    const shellOf = (text: string): string => text.replace('/proc/self/mountinfo', mounts);
    expect(await answer(`unmounted ${path}`, shellOf)).toBe(said);
  });
});
