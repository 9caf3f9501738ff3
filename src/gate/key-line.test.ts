import { describe, expect, test } from '@jest/globals';
import { keyLine } from './key-line.js';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKHLmoqdlbC0lY1L0w0tF4n3m4xC8k8pKzUo1oZzFf3h';

describe('a line of authorized_keys', () => {
  test('allows nothing but the gate, for one purpose', () => {
    expect(keyLine({ purpose: 'monitor', publicKey: `${KEY} me@example.com\n`, from: [] })).toBe(
      `restrict,command="/usr/local/lib/pipefleet/gate monitor" ${KEY} pipefleet-monitor`,
    );
  });

  test('names the addresses from which the key may be used', () => {
    const from = ['192.0.2.7', '2001:db8::/32', '!192.0.2.8', '*.example.net'];
    expect(keyLine({ purpose: 'operate', publicKey: KEY, from, path: '/opt/gate' })).toBe(
      `restrict,from="192.0.2.7,2001:db8::/32,!192.0.2.8,*.example.net",command="/opt/gate operate" ${KEY} pipefleet-operate`,
    );
  });

  test.each([
    ['', []],
    ['not a key', []],
    [`${KEY}\n${KEY}`, []],
    [`command="sh" ${KEY}`, []],
    [`${KEY} x\r\nssh-rsa AAAA`, []],
    ['-----BEGIN OPENSSH PRIVATE KEY-----', []],
    [KEY, ['192.0.2.1",command="sh']],
    [KEY, ['192.0.2.1,192.0.2.2']],
    [KEY, ['']],
  ])('is not made of %j from %j', (publicKey, from) => {
    expect(() => keyLine({ purpose: 'monitor', publicKey, from })).toThrow(
      expect.objectContaining({ code: 'key_unusable' }),
    );
  });
});
