import ssh2, { type ParsedKey } from 'ssh2';
import { hostKeyType } from './host-key.js';

/** What a private key file says of its key to somebody who does not have the passphrase. */
export interface KeyFacts {
  readonly encrypted: boolean;
  /** In the wire format of RFC 4253; undefined where only the passphrase would tell. */
  readonly publicKey: Buffer | undefined;
}

const BEGINNING = '-----BEGIN OPENSSH PRIVATE KEY-----';
const END = '-----END OPENSSH PRIVATE KEY-----';
const BASE64 = /^[A-Za-z0-9+/=\s]+$/;
const MAGIC = Buffer.from('openssh-key-v1\0');
const LINE = /^(?<type>[a-z][\w@.-]+) (?<base64>AAAA[A-Za-z0-9+/]+={0,2})(?:\s|$)/;

/**
 * Reads a private key file without decrypting it. OpenSSH's own format has the public key in clear, encrypted or not; PEM has
 * it only when it is not encrypted.
 *
 * @returns undefined when it is no private key in a form that can be read
 */
export function readKeyFacts(content: Buffer): KeyFacts | undefined {
  const base64 = opensshText(content.toString('latin1'));
  if (base64 !== undefined) return readOpensshKey(Buffer.from(base64, 'base64'));
  const parsed = ssh2.utils.parseKey(content) as ParsedKey | ParsedKey[] | Error;
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key instanceof Error) {
    return /no passphrase/i.test(key.message) ? { encrypted: true, publicKey: undefined } : undefined;
  }
  return key?.isPrivateKey() === true ? { encrypted: false, publicKey: key.getPublicSSH() } : undefined;
}

/** What is between the first and the last line of OpenSSH's own format; undefined when the text is of another one. */
function opensshText(text: string): string | undefined {
  const start = text.indexOf(BEGINNING) + BEGINNING.length;
  const end = text.indexOf(END, start);
  if (start < BEGINNING.length || end < 0) return undefined;
  const base64 = text.slice(start, end);
  return BASE64.test(base64) ? base64.trim() : undefined;
}

/** The key in a line as ssh-keygen writes it, `ssh-ed25519 AAAA… COMMENT`; undefined when it is none. */
export function readPublicLine(text: string): Buffer | undefined {
  const { type, base64 = '' } = LINE.exec(text)?.groups ?? {};
  const key = Buffer.from(base64, 'base64');
  return type !== undefined && hostKeyType(key) === type ? key : undefined;
}

/** OpenSSH's PROTOCOL.key: magic, cipher, key derivation and its options, the number of keys, the public key. */
function readOpensshKey(bytes: Buffer): KeyFacts | undefined {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  let at = MAGIC.length;
  const next = (): Buffer => {
    const length = bytes.readUInt32BE(at);
    at += 4 + length;
    return bytes.subarray(at - length, at);
  };
  try {
    const cipher = next().toString('latin1');
    next();
    next();
    at += 4;
    const publicKey = next();
    if (at > bytes.length || hostKeyType(publicKey) === 'unknown') return undefined;
    return { encrypted: cipher !== 'none', publicKey };
  } catch {
    // It ends before its time.
    return undefined;
  }
}
