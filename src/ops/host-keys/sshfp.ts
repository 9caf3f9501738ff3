import { createHash, randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { getServers } from 'node:dns';
import { connect, isIP } from 'node:net';
import * as dnsPacket from 'dns-packet';
import { hostKeyType } from '../../ssh/host-key.js';

/** What DNS says of a host key (RFC 4255): whether it has the key, another one, or none, and whether that was validated. */
export interface SshfpVerdict {
  readonly verdict: 'agrees' | 'disagrees' | 'silent';
  /** DNSSEC vouches for the answer, and a resolver on this machine says so: nobody on the way could have set the flag. */
  readonly validated: boolean;
}

export interface SshfpOptions {
  /** `address` or `address:port` of a resolver; the first of the system by default. */
  readonly server?: string;
  readonly timeoutMs?: number;
}

/** RFC 4255, 6594 and 7479. */
const ALGORITHMS: Readonly<Record<string, number>> = {
  'ssh-rsa': 1,
  'ecdsa-sha2-nistp256': 3,
  'ecdsa-sha2-nistp384': 3,
  'ecdsa-sha2-nistp521': 3,
  'ssh-ed25519': 4,
};
const SHA256 = 2;
const TIMEOUT_MS = 3_000;

/**
 * Compares a host key with the SSHFP records of its host. SHA-1 fingerprints do not count.
 *
 * @throws what the network says when no resolver answers
 */
export async function askSshfp(host: string, key: Buffer, options: SshfpOptions = {}): Promise<SshfpVerdict> {
  if (isIP(host) !== 0) return { verdict: 'silent', validated: false };
  const { address, port } = resolverOf(options.server ?? getServers()[0] ?? '127.0.0.1');
  const answer = await ask(host, address, port, options.timeoutMs ?? TIMEOUT_MS);
  // NOERROR and NXDOMAIN are answers; anything else says nothing of the host (RFC 1035, section 4.1.1).
  const code = (answer.flags ?? 0) & 0xf;
  if (code !== 0 && code !== 3) throw new Error(`the resolver ${address} answers with error ${code}`);
  const records = (answer.answers ?? []).flatMap((record) =>
    isSshfp(record) && record.name.toLowerCase() === host.toLowerCase().replace(/\.$/, '')
      ? [record.data]
      : [],
  );
  const counted = records.filter(
    ({ algorithm, hash }) => hash === SHA256 && algorithm === ALGORITHMS[hostKeyType(key)],
  );
  const own = createHash('sha256').update(key).digest('hex');
  const agrees = counted.some(({ fingerprint }) => fingerprint.toLowerCase() === own);
  const loopback = address === '::1' || address.startsWith('127.');
  return {
    verdict: agrees ? 'agrees' : counted.length > 0 ? 'disagrees' : 'silent',
    validated: loopback && answer.flag_ad,
  };
}

interface SshfpRecord {
  readonly data: { readonly algorithm: number; readonly hash: number; readonly fingerprint: string };
}

function isSshfp(record: dnsPacket.Answer): record is dnsPacket.Answer & SshfpRecord {
  return record.type === 'SSHFP' && 'data' in record;
}

async function ask(
  host: string,
  address: string,
  port: number,
  timeoutMs: number,
): Promise<dnsPacket.DecodedPacket> {
  const id = randomInt(65_536);
  const query: dnsPacket.Packet = {
    type: 'query',
    id,
    flags: dnsPacket.RECURSION_DESIRED | dnsPacket.AUTHENTIC_DATA,
    questions: [{ type: 'SSHFP', name: host }],
    additionals: [
      {
        type: 'OPT',
        name: '.',
        udpPayloadSize: 1232,
        extendedRcode: 0,
        ednsVersion: 0,
        flags: dnsPacket.DNSSEC_OK,
        flag_do: true,
        options: [],
      },
    ],
  };
  const short = await overUdp(dnsPacket.encode(query), id, address, port, timeoutMs);
  return short.flag_tc ? overTcp(dnsPacket.streamEncode(query), address, port, timeoutMs) : short;
}

function overUdp(
  message: Buffer,
  id: number,
  address: string,
  port: number,
  timeoutMs: number,
): Promise<dnsPacket.DecodedPacket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(isIP(address) === 6 ? 'udp6' : 'udp4');
    const end = (finish: () => void): void => {
      clearTimeout(late);
      socket.close();
      finish();
    };
    const late = setTimeout(
      () => end(() => reject(new Error(`the resolver ${address} does not answer`))),
      timeoutMs,
    );
    socket.once('error', (error) => end(() => reject(error)));
    socket.on('message', (bytes) => {
      try {
        const packet = dnsPacket.decode(bytes);
        if (packet.id === id) end(() => resolve(packet));
      } catch {
        // Not an answer; the real one may still come.
      }
    });
    // Only what comes from there is heard.
    socket.once('connect', () => socket.send(message));
    socket.connect(port, address);
  });
}

function overTcp(
  message: Buffer,
  address: string,
  port: number,
  timeoutMs: number,
): Promise<dnsPacket.DecodedPacket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, address, () => socket.write(message));
    let heard = Buffer.alloc(0);
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`the resolver ${address} does not answer`)));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`the resolver ${address} hung up`)));
    socket.on('data', (chunk: Buffer) => {
      heard = Buffer.concat([heard, chunk]);
      if (heard.length < 2 || heard.length < 2 + heard.readUInt16BE(0)) return;
      socket.destroy();
      try {
        resolve(dnsPacket.decode(heard.subarray(2)));
      } catch (error) {
        reject(error instanceof Error ? error : new Error('the resolver answers something else'));
      }
    });
  });
}

/** As `dns.getServers()` writes them: `192.0.2.53`, `192.0.2.53:5353`, `::1`, `[::1]:5353`. */
function resolverOf(server: string): { readonly address: string; readonly port: number } {
  if (isIP(server) !== 0) return { address: server, port: 53 };
  const groups = /^\[?(?<address>[^\]]+?)\]?:(?<port>\d+)$/.exec(server)?.groups;
  return { address: groups?.['address'] ?? server, port: Number(groups?.['port'] ?? 53) };
}
