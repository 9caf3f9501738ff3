import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  });
});

describe('the public half of a credential', () => {
  test('is read beside the key, else from the key itself', async () => {
    const publicKey = await makeKeyFile(path, 'monitor', undefined);
    const credential = sketchCredential({ keyFile: path });
    const beside = await readPublicKey(credential);
    expect(beside.line).toBe(publicKey.split(' ').slice(0, 2).join(' '));
    rmSync(`${path}.pub`);
    expect(await readPublicKey(credential)).toEqual(beside);
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
