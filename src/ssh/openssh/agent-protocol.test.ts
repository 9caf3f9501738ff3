import { expect, test } from '@jest/globals';
import ssh2, { type ParsedKey } from 'ssh2';
import { answerAgentRequest } from './agent-protocol.js';

const { private: secret, public: shown } = ssh2.utils.generateKeyPairSync('ed25519');
const key = ssh2.utils.parseKey(secret) as ParsedKey;
const other = ssh2.utils.parseKey(ssh2.utils.generateKeyPairSync('ed25519').public) as ParsedKey;
const FAILURE = '0000000105';

function text(value: Buffer | string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(value));
  return Buffer.concat([length, Buffer.from(value)]);
}

const signRequest = (blob: Buffer, data: string): Buffer =>
  Buffer.concat([Buffer.from([13]), text(blob), text(data), Buffer.alloc(4)]);

test('the agent lists its one key', () => {
  const answer = answerAgentRequest(key, Buffer.from([11]));
  expect(answer.readUInt32BE()).toBe(answer.length - 4);
  expect(answer.includes(key.getPublicSSH())).toBe(true);
});

test('signs with it', () => {
  const answer = answerAgentRequest(key, signRequest(key.getPublicSSH(), 'data'));
  const publicKey = ssh2.utils.parseKey(shown) as ParsedKey;
  expect(answer[4]).toBe(14);
  expect(publicKey.verify(Buffer.from('data'), answer.subarray(-64))).toBe(true);
});

test.each([
  ['another key', signRequest(other.getPublicSSH(), 'data')],
  ['a request that is cut off', signRequest(key.getPublicSSH(), 'data').subarray(0, -4)],
  ['a request with a length that is too long', Buffer.from('0dffffffff', 'hex')],
  ['what it does not know, as session-bind of OpenSSH', Buffer.from([27, 0, 0, 0, 1, 0x61])],
  ['nothing', Buffer.alloc(0)],
])('refuses %s', (_what, request) => {
  expect(answerAgentRequest(key, request).toString('hex')).toBe(FAILURE);
});
