import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import ssh2, { type ParsedKey } from 'ssh2';
import { findTool } from '../stack/tools.js';
import { makeKeyPair } from './key-pair.js';
import { addHostKey, removeHostKeys, replaceHostKey } from './known-hosts-edit.js';
import { judgeHostKey, lookUpHost, parseKnownHosts } from './known-hosts.js';

const newKey = (): Buffer => (ssh2.utils.parseKey(makeKeyPair().publicKey) as ParsedKey).getPublicSSH();
const [OLD, NEW] = [newKey(), newKey()];
const line = (names: string, key = OLD): string => `${names} ssh-ed25519 ${key.toString('base64')}`;
const NOTE = '2026-11-25T02:15:36Z by pipefleet nodes rekey fra-1';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipefleet-known-hosts-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const verdict = (text: string, host: string, port: number, key: Buffer): string =>
  judgeHostKey(lookUpHost([parseKnownHosts(text)], host, port), key);

describe('known_hosts', () => {
  test('gets a key more at its end, with the port in the name where it is not 22', () => {
    expect(addHostKey('# mine', 'fra-1', 22, NEW)).toBe(`# mine\n${line('fra-1', NEW)}\n`);
    expect(addHostKey('', '2001:db8::1', 2222, NEW)).toBe(`${line('[2001:db8::1]:2222', NEW)}\n`);
  });

  test('keeps what was replaced as a comment, and everything else as it is', () => {
    const text = `# mine\n${line('fra-1')}\n${line('ams-1')} note\n\n@revoked ${line('fra-1', NEW)}`;
    const after = replaceHostKey(text, 'fra-1', 22, NEW, NOTE);
    expect(after).toBe(
      `# mine\n# replaced ${NOTE}: ${line('fra-1')}\n${line('ams-1')} note\n\n@revoked ${line('fra-1', NEW)}\n${line('fra-1', NEW)}\n`,
    );
    expect(verdict(replaceHostKey(`${line('fra-1')}\n`, 'fra-1', 22, NEW, NOTE), 'fra-1', 22, NEW)).toBe(
      'known',
    );
    expect(verdict(replaceHostKey(`${line('fra-1')}\n`, 'fra-1', 22, NEW, NOTE), 'fra-1', 22, OLD)).toBe(
      'changed',
    );
  });

  test('takes one host out of a line for several, and leaves Windows line ends', () => {
    expect(removeHostKeys(`${line('fra-1,192.0.2.1')}\r\n`, 'fra-1', 22)).toBe(`${line('192.0.2.1')}\r\n`);
  });

  test('is not changed where a wildcard speaks for others too', () => {
    expect(() => removeHostKeys(`\n${line('*.example.net')}\n`, 'fra-1.example.net', 22)).toThrow(
      'Line 2 of the known_hosts file speaks for fra-1.example.net with a wildcard, and so for others too; change it by hand.',
    );
  });

  test('is found and emptied as ssh-keygen does it, hashed names too', async () => {
    const keygen = await findTool('ssh-keygen');
    const file = join(folder, 'known_hosts');
    writeFileSync(file, addHostKey(addHostKey('', 'fra-1', 2222, OLD), 'ams-1', 22, NEW));
    expect(execFileSync(keygen, ['-F', '[fra-1]:2222', '-f', file], { encoding: 'utf8' })).toContain(
      OLD.toString('base64'),
    );
    execFileSync(keygen, ['-H', '-f', file], { stdio: 'ignore' });
    const hashed = readFileSync(file, 'utf8');
    const ours = removeHostKeys(hashed, 'fra-1', 2222);
    execFileSync(keygen, ['-R', '[fra-1]:2222', '-f', file], { stdio: 'ignore' });
    expect(ours).toBe(readFileSync(file, 'utf8'));
    expect(verdict(ours, 'ams-1', 22, NEW)).toBe('known');
  });
});
