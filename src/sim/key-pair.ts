import ssh2 from 'ssh2';

/** A fresh ed25519 key in OpenSSH's own formats. */
export interface KeyPair {
  /** Text of a private key file, without a passphrase. */
  readonly privateKey: string;
  /** As `ssh-ed25519 AAAA… COMMENT`, without the comment when there is none. */
  readonly publicKey: string;
}

/**
 * Makes a key pair.
 *
 * ssh2 drops leading zero bytes of a public key (mscdex/ssh2#1390, #1513), which spoils one pair in 256. A spoilt pair
 * cannot be read back; then another one is made.
 */
export function makeKeyPair(comment = ''): KeyPair {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519', { comment });
    if (ssh2.utils.parseKey(pair.public) instanceof Error) continue;
    return { privateKey: pair.private, publicKey: pair.public.trim() };
  }
}
