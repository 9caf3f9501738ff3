import type { Algorithms } from 'ssh2';
import { hostKeyType } from './host-key.js';
import type { HostKnowledge } from './known-hosts.js';

/**
 * Without diffie-hellman-group-exchange, whose parameters cost seconds of blocked event loop in JavaScript, and without
 * the groups of more than 4096 bits for the same reason. OpenSSH has spoken curve25519 since 2014.
 */
const KEY_EXCHANGES = [
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
  'diffie-hellman-group14-sha256',
  'diffie-hellman-group16-sha512',
] as const;

const HOST_KEYS = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const;

/**
 * The algorithms to offer a host. Types of which a key is known come first, so that a host with several keys presents one
 * that can be verified, as OpenSSH does it; the others follow, so that a replaced key is seen and named.
 */
export function offeredAlgorithms(knowledge: HostKnowledge): Algorithms {
  const known = new Set(knowledge.keys.map(hostKeyType));
  const isKnown = (algorithm: string): boolean =>
    known.has(algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm);
  return {
    kex: [...KEY_EXCHANGES],
    serverHostKey: [...HOST_KEYS.filter(isKnown), ...HOST_KEYS.filter((algorithm) => !isKnown(algorithm))],
    // Node's own crypto does AES-GCM natively; ssh2 without its optional native part does ChaCha20-Poly1305 slowly.
    cipher: [
      'aes128-gcm@openssh.com',
      'aes256-gcm@openssh.com',
      'aes128-ctr',
      'aes192-ctr',
      'aes256-ctr',
      'chacha20-poly1305@openssh.com',
    ],
    // ssh2 would take compressed packets too, and unpacks one of 35 KB to 36 MB if a hostile peer has packed it so.
    compress: ['none'],
  };
}
