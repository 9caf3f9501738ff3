import ssh2 from 'ssh2';

/** A fresh ed25519 key in OpenSSH's own formats. */
export interface KeyPair {
  /** Text of a private key file. */
  readonly privateKey: string;
  /** As `ssh-ed25519 AAAA… COMMENT`, without the comment when there is none. */
  readonly publicKey: string;
}

/** How OpenSSH itself encrypts a private key: with these, a passphrase costs a tenth of a second a guess. */
const ENCRYPTION = { cipher: 'aes256-ctr', rounds: 16 } as const;

/**
 * Makes a key pair.
 *
 * ssh2 drops leading zero bytes of a public key (mscdex/ssh2#1390, #1513), which spoils one pair in 256. A spoilt pair
 * cannot be read back; then another one is made.
 *
 * @param passphrase encrypts the private key; undefined leaves it open
 */
export function makeKeyPair(comment = '', passphrase?: string): KeyPair {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519', {
      comment,
      ...(passphrase !== undefined && { passphrase, ...ENCRYPTION }),
    });
    if (ssh2.utils.parseKey(pair.public) instanceof Error) continue;
    return { privateKey: pair.private, publicKey: pair.public.trim() };
  }
}
