import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sketchCredential } from '../../inventory/testing/sketches.js';
import { findTool } from '../../stack/tools.js';
import { makeKeyFile } from './key-files.js';
import { readPublicKey } from './public-key.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipefleet-key-'));
  path = join(folder, 'keys', 'monitor');
});
afterEach(() => rmSync(folder, { recursive: true }));

const modeOf = (file: string): number => statSync(file).mode & 0o777;

describe('a key file', () => {
  test('is closed to others, and read by OpenSSH', async () => {
    const publicKey = await makeKeyFile(path, 'monitor', undefined);
    expect([modeOf(join(folder, 'keys')), modeOf(path), modeOf(`${path}.pub`)]).toEqual([
      0o700, 0o600, 0o644,
    ]);
    expect(publicKey).toMatch(/^ssh-ed25519 \S+ pipefleet-monitor$/);
    const read = execFileSync(await findTool('ssh-keygen'), ['-y', '-f', path], { encoding: 'utf8' }).trim();
    expect(read.split(' ')[1]).toBe(publicKey.split(' ')[1]);
  });

  test('is encrypted with a passphrase, which OpenSSH takes', async () => {
    const keygen = await findTool('ssh-keygen');
    await makeKeyFile(path, 'operate', 'correct horse');
    expect(readFileSync(path, 'utf8')).not.toContain('correct horse');
    expect(() => execFileSync(keygen, ['-y', '-P', '', '-f', path], { stdio: 'ignore' })).toThrow();
    const read = execFileSync(keygen, ['-y', '-P', 'correct horse', '-f', path], { encoding: 'utf8' });
    expect(read).toContain('ssh-ed25519 ');
  });

  test('is never written over', async () => {
    await makeKeyFile(path, 'monitor', undefined);
    const before = readFileSync(path, 'utf8');
    await expect(makeKeyFile(path, 'monitor', undefined)).rejects.toMatchObject({ code: 'key_exists' });
    expect(readFileSync(path, 'utf8')).toBe(before);
    rmSync(path);
    await expect(makeKeyFile(path, 'monitor', undefined)).rejects.toThrow(`${path}.pub is there already`);
    expect(readdirSync(dirname(path))).toEqual(['.gitignore', 'monitor.pub']);
  });
});

describe('the public half of a credential', () => {
  test('is what the key itself says, encrypted or not', async () => {
    for (const passphrase of [undefined, 'correct horse']) {
      const publicKey = await makeKeyFile(path, 'monitor', passphrase);
      const said = await readPublicKey(sketchCredential({ keyFile: path }));
      expect(said.line).toBe(publicKey.split(' ').slice(0, 2).join(' '));
      rmSync(`${path}.pub`);
      expect(await readPublicKey(sketchCredential({ keyFile: path }))).toEqual(said);
      rmSync(path);
    }
  });

  test.each([undefined, 'correct horse'])(
    'is not believed of another key (passphrase: %s)',
    async (words) => {
      await makeKeyFile(path, 'monitor', words);
      await makeKeyFile(`${path}-2`, 'monitor', undefined);
      copyFileSync(`${path}-2.pub`, `${path}.pub`);
      await expect(readPublicKey(sketchCredential({ keyFile: path }))).rejects.toThrow(
        `${path}.pub is not the public half of ${path}, so that nodes would be taught another key; write it anew with: ssh-keygen -y -f ${path} > ${path}.pub`,
      );
    },
  );

  test('is read beside a key that lies elsewhere, or hides it', async () => {
    const publicKey = await makeKeyFile(path, 'operate', undefined);
    const line = publicKey.split(' ').slice(0, 2).join(' ');
    rmSync(path);
    expect((await readPublicKey(sketchCredential({ keyFile: path }))).line).toBe(line);
    const old = join(folder, 'old');
    const keygen = await findTool('ssh-keygen');
    const make = ['-q', '-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', 'correct horse', '-f', old];
    execFileSync(keygen, make);
    const written = readFileSync(`${old}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
    expect((await readPublicKey(sketchCredential({ keyFile: old }))).line).toBe(written);
    rmSync(`${old}.pub`);
    await expect(readPublicKey(sketchCredential({ keyFile: old }))).rejects.toThrow('is encrypted');
  });

  test('of an old format is not believed when the passphrase says otherwise', async () => {
    const old = join(folder, 'old');
    const keygen = await findTool('ssh-keygen');
    const make = ['-q', '-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', 'correct horse', '-f', old];
    execFileSync(keygen, make);
    const file = join(folder, 'passphrase');
    writeFileSync(file, 'correct horse\n', { mode: 0o600 });
    const credential = sketchCredential({ keyFile: old, passphrase: { file } });
    const before = await readPublicKey(credential);
    rmSync(`${old}.pub`);
    expect(await readPublicKey(credential)).toEqual(before);
    await makeKeyFile(path, 'monitor', undefined);
    copyFileSync(`${path}.pub`, `${old}.pub`);
    await expect(readPublicKey(credential)).rejects.toThrow(`${old}.pub is not the public half of ${old}`);
  });

  test('that cannot be read is told in one sentence', async () => {
    await expect(readPublicKey(sketchCredential({ keyFile: path }))).rejects.toThrow('does not exist');
    await makeKeyFile(path, 'monitor', undefined);
    rmSync(`${path}.pub`);
    chmodSync(path, 0o644);
    await expect(readPublicKey(sketchCredential({ keyFile: path }))).rejects.toThrow('can be read by others');
    const none = sketchCredential({ keyFile: undefined, backend: 'openssh' });
    await expect(readPublicKey(none)).rejects.toMatchObject({ code: 'key_unusable' });
  });
});
