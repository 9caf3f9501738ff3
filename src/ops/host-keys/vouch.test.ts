import { createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import * as dnsPacket from 'dns-packet';
import ssh2, { type ParsedKey } from 'ssh2';
import { fingerprint } from '../../ssh/host-key.js';
import { makeKeyPair } from '../../ssh/key-pair.js';
import { addHostKey } from '../../ssh/known-hosts-edit.js';
import { vouchFor, type Vouchers } from './vouch.js';

const newKey = (): Buffer => (ssh2.utils.parseKey(makeKeyPair().publicKey) as ParsedKey).getPublicSSH();
const [KEY, OTHER] = [newKey(), newKey()];
const SHOWN = fingerprint(KEY);
const HOP = { host: 'fra-1.example.net', port: 22 };
const cleanups: (() => unknown)[] = [];

afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

function vouch(parts: Partial<Vouchers>): Promise<string> {
  const nobody = { fingerprint: undefined, knownHostsFile: undefined, sshfp: false, ask: undefined };
  return vouchFor(HOP, KEY, 'fra-1', { ...nobody, ...parts });
}

/** A resolver on loopback that has an SSHFP record for a key; by TCP alone when it is to be long. */
async function resolver(key: Buffer, validated: boolean, long = false): Promise<string> {
  const udp = createSocket('udp4');
  udp.bind(0, '127.0.0.1');
  await once(udp, 'listening');
  const { port } = udp.address();
  const answer = (query: Buffer, cut: boolean): dnsPacket.Packet => ({
    type: 'response',
    id: dnsPacket.decode(query).id ?? 0,
    flags: (validated ? dnsPacket.AUTHENTIC_DATA : 0) | (cut ? dnsPacket.TRUNCATED_RESPONSE : 0),
    answers: cut
      ? []
      : [
          {
            type: 'SSHFP',
            name: HOP.host,
            data: { algorithm: 4, hash: 2, fingerprint: createHash('sha256').update(key).digest('hex') },
          },
        ],
  });
  udp.on('message', (query, from) =>
    udp.send(dnsPacket.encode(answer(query, long)), from.port, from.address),
  );
  const tcp = createServer((socket) => {
    socket.on('data', (query: Buffer) =>
      socket.end(dnsPacket.streamEncode(answer(query.subarray(2), false))),
    );
  }).listen(port, '127.0.0.1');
  await once(tcp, 'listening');
  cleanups.push(
    () => udp.close(),
    () => tcp.close(),
  );
  return `127.0.0.1:${port}`;
}

describe('a host key that nobody knows yet', () => {
  test('is vouched for by the fingerprint that came another way, and by no other', async () => {
    expect(await vouch({ fingerprint: SHOWN.split(' ')[1] })).toBe('fingerprint');
    const other = fingerprint(OTHER).split(' ')[1];
    await expect(vouch({ fingerprint: other, ask: () => Promise.resolve(true) })).rejects.toThrow(
      `fra-1 presents ${SHOWN}, and not ${other ?? ''}: somebody may be answering in its place.`,
    );
  });

  test('is vouched for by a known_hosts file, which may also say no', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pipefleet-vouch-'));
    cleanups.push(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'known_hosts');
    writeFileSync(file, addHostKey('', HOP.host, 22, KEY));
    expect(await vouch({ knownHostsFile: file })).toBe('known_hosts');
    writeFileSync(file, addHostKey('', HOP.host, 22, OTHER));
    await expect(vouch({ knownHostsFile: file })).rejects.toThrow('has another key for it');
    writeFileSync(file, '');
    await expect(vouch({ knownHostsFile: file })).rejects.toThrow('Nobody vouches for it');
  });

  test.each([false, true])(
    'is vouched for by an SSHFP record that DNSSEC vouches for (long answer: %s)',
    async (long) => {
      const server = await resolver(KEY, true, long);
      expect(await vouch({ sshfp: true, sshfpOptions: { server } })).toBe('sshfp');
    },
  );

  test('is not vouched for by a record that nobody has validated, or that nobody asked for', async () => {
    const notes: string[] = [];
    const ask = (shown: readonly string[]): Promise<boolean> => {
      notes.push(...shown);
      return Promise.resolve(true);
    };
    const unsafe = await resolver(KEY, false);
    expect(await vouch({ sshfp: true, sshfpOptions: { server: unsafe }, ask })).toBe('person');
    expect(notes.join(' ')).toContain('An SSHFP record agrees; no DNSSEC of this machine vouches for it.');
    const safe = await resolver(KEY, true);
    expect(await vouch({ sshfpOptions: { server: safe }, ask })).toBe('person');
  });

  test('that DNS contradicts is said loudly', async () => {
    const server = await resolver(OTHER, true);
    await expect(vouch({ sshfp: true, sshfpOptions: { server } })).rejects.toThrow(
      'NONE OF THEM IS THIS KEY',
    );
  });

  test('is trusted by a person who has seen it, and not when they say no', async () => {
    const server = await resolver(KEY, false);
    const asked: string[] = [];
    const ask = (answer: boolean) => (shown: readonly string[]) => {
      asked.push(shown[0] ?? '');
      return Promise.resolve(answer);
    };
    expect(await vouch({ ask: ask(true), sshfpOptions: { server } })).toBe('person');
    await expect(vouch({ ask: ask(false), sshfpOptions: { server } })).rejects.toThrow('is not trusted');
    expect(asked).toEqual([`fra-1 presents ${SHOWN}.`, `fra-1 presents ${SHOWN}.`]);
  });
});
