import { describe, expect, test } from '@jest/globals';
import ssh2 from 'ssh2';
import { makeKeyPair } from './key-pair.js';

describe('key pair', () => {
  test('can be read back, every time', () => {
    const unreadable = Array.from({ length: 2_000 }, () => makeKeyPair()).filter(
      ({ privateKey, publicKey }) =>
        ssh2.utils.parseKey(privateKey) instanceof Error || ssh2.utils.parseKey(publicKey) instanceof Error,
    );
    expect(unreadable).toEqual([]);
  });

  test('carries a comment on request', () => {
    expect(makeKeyPair('pipefleet-demo').publicKey).toMatch(/^ssh-ed25519 \S{68} pipefleet-demo$/);
    expect(makeKeyPair().publicKey).toMatch(/^ssh-ed25519 \S{68}$/);
  });
});
