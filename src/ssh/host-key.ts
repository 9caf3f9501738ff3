import { createHash } from 'node:crypto';
import { trimTrailing } from '../core/text.js';

/** Algorithm name of a public key blob, its first string in the wire format of RFC 4253 section 6.6; `unknown` when broken. */
export function hostKeyType(key: Buffer): string {
  if (key.length < 4) return 'unknown';
  const length = key.readUInt32BE(0);
  return length > 0 && length <= 64 && key.length >= 4 + length
    ? key.toString('latin1', 4, 4 + length)
    : 'unknown';
}

/** `ssh-ed25519 SHA256:…`, as OpenSSH prints a key. */
export function fingerprint(key: Buffer): string {
  const digest = trimTrailing(createHash('sha256').update(key).digest('base64'), '=');
  return `${hostKeyType(key)} SHA256:${digest}`;
}
