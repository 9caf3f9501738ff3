import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { expectLinear } from '../testing/linear-cost.js';
import { findTool } from '../stack/tools.js';
import { fingerprint } from './host-key.js';
import { judgeHostKey, lookUpHost, parseKnownHosts } from './known-hosts.js';

/** A public key blob of the given type, as it stands in known_hosts. */
function blob(type: string, filling: number): Buffer {
  const name = Buffer.from(type);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(name.length);
  return Buffer.concat([length, name, Buffer.alloc(36, filling)]);
}

const ED = blob('ssh-ed25519', 1);
const OTHER = blob('ssh-ed25519', 2);
const RSA = blob('ssh-rsa', 3);

const line = (hosts: string, key: Buffer, type = 'ssh-ed25519'): string =>
  `${hosts} ${type} ${key.toString('base64')} a comment\n`;

function judge(text: string, host: string, port: number, key: Buffer): string {
  return judgeHostKey(lookUpHost([parseKnownHosts(text)], host, port), key);
}

function hashed(name: string): string {
  const salt = Buffer.alloc(20, 7);
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
}

describe('known_hosts', () => {
  test('a plain name vouches for port 22 only', () => {
    const text = line('fra.example,192.0.2.7', ED);
    expect(judge(text, 'fra.example', 22, ED)).toBe('known');
    expect(judge(text, 'FRA.example', 22, ED)).toBe('known');
    expect(judge(text, '192.0.2.7', 22, ED)).toBe('known');
    expect(judge(text, 'fra.example', 2222, ED)).toBe('unknown');
    expect(judge(text, 'ams.example', 22, ED)).toBe('unknown');
  });

  test('[host]:port vouches for that port', () => {
    const text = line('[fra.example]:2222', ED);
    expect(judge(text, 'fra.example', 2222, ED)).toBe('known');
    expect(judge(text, 'fra.example', 22, ED)).toBe('unknown');
    expect(judge(line('[2001:db8::7]:2222', ED), '2001:db8::7', 2222, ED)).toBe('known');
  });

  test('another key is a change, also when it is of another type', () => {
    const text = line('fra', ED);
    expect(judge(text, 'fra', 22, OTHER)).toBe('changed');
    expect(judge(text, 'fra', 22, RSA)).toBe('changed');
  });

  test('several keys of a host are all its own', () => {
    const text = line('fra', ED) + line('fra', RSA, 'ssh-rsa');
    expect(judge(text, 'fra', 22, ED)).toBe('known');
    expect(judge(text, 'fra', 22, RSA)).toBe('known');
  });

  test('hashed names', () => {
    expect(judge(line(hashed('fra'), ED), 'fra', 22, ED)).toBe('known');
    expect(judge(line(hashed('[fra]:2222'), ED), 'fra', 2222, ED)).toBe('known');
    expect(judge(line(hashed('ams'), ED), 'fra', 22, ED)).toBe('unknown');
  });

  test('wildcards and negations', () => {
    const text = line('*.example,!ams.example,10.0.0.?', ED);
    expect(judge(text, 'fra.example', 22, ED)).toBe('known');
    expect(judge(text, 'ams.example', 22, ED)).toBe('unknown');
    expect(judge(text, '10.0.0.7', 22, ED)).toBe('known');
    expect(judge(text, '10.0.0.77', 22, ED)).toBe('unknown');
  });

  test('@revoked wins over everything', () => {
    const text = line('fra', ED) + `@revoked ${line('*', ED)}`;
    expect(judge(text, 'fra', 22, ED)).toBe('revoked');
    expect(judge(`@revoked ${line('fra', ED)}`, 'fra', 22, OTHER)).toBe('unknown');
  });

  test('a certificate authority vouches for no plain key', () => {
    expect(judge(`@cert-authority ${line('*', ED)}`, 'fra', 22, ED)).toBe('unknown');
  });

  test('lines that are no entry are skipped, the rest is kept', () => {
    const text = `# comment\n\nrubbish\nfra ssh-rsa ${ED.toString('base64')}\n@odd ${line('fra', ED)}${line('fra', ED)}`;
    expect(judge(text, 'fra', 22, ED)).toBe('known');
  });

  test('any text at all is read without an error', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (text, host) => judge(text, host, 22, ED) !== 'known'));
  });

  test.each([
    ['lines for one host', (size: number) => line('fra.example', ED).repeat(size / 100)],
    ['line breaks', (size: number) => '\n'.repeat(size)],
    ['blanks', (size: number) => `a${' '.repeat(size)}`],
    ['names', (size: number) => line('a,'.repeat(size / 2), ED)],
    ['stars', (size: number) => line(`${'*a'.repeat(size / 2)}b`, ED)],
    ['marks', (size: number) => '@'.repeat(size)],
  ])('takes CPU time linear in its length: many %s', (_, text) =>
    expectLinear((known) => void judge(known, 'a'.repeat(63), 22, ED), text, 262_144),
  );

  test('agrees with what ssh-keygen writes, hashes and prints', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pipefleet-known-hosts-'));
    const keygen = await findTool('ssh-keygen');
    execFileSync(keygen, ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'key')]);
    const [type = '', encoded = ''] = readFileSync(join(folder, 'key.pub'), 'utf8').split(' ');
    const key = Buffer.from(encoded, 'base64');
    writeFileSync(
      join(folder, 'known_hosts'),
      `fra.example ${type} ${encoded}\n[ams.example]:2222 ${type} ${encoded}\n`,
    );
    execFileSync(keygen, ['-q', '-H', '-f', join(folder, 'known_hosts')], { stdio: 'ignore' });
    const text = readFileSync(join(folder, 'known_hosts'), 'utf8');

    expect(text).not.toContain('example');
    expect(judge(text, 'fra.example', 22, key)).toBe('known');
    expect(judge(text, 'ams.example', 2222, key)).toBe('known');
    expect(judge(text, 'ams.example', 22, key)).toBe('unknown');
    const printed = execFileSync(keygen, ['-l', '-f', join(folder, 'key.pub')], { encoding: 'utf8' });
    expect(printed).toContain(fingerprint(key).split(' ')[1]);
    rmSync(folder, { recursive: true });
  });
});

test('fingerprint of a broken key blob does not throw', () => {
  expect(fingerprint(Buffer.alloc(2))).toMatch(/^unknown SHA256:/);
});
