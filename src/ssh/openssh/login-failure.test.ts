import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { FailureReason } from '../../core/failure.js';
import { sketchNode } from '../../inventory/testing/sketches.js';
import { fingerprint } from '../host-key.js';
import type { HostKnowledge } from '../known-hosts.js';
import { failureOfLogin, forwardFailure, forwardTrouble } from './login-failure.js';
import { lastStage, stageOf } from './login-log.js';

const FIXTURES = new URL('__fixtures__/', import.meta.url);
const VERSIONS = readdirSync(FIXTURES);
const NODE = sketchNode({ host: 'fra-1.example.net', knownHosts: ['/keys/known_hosts'] });
const NOTHING: HostKnowledge = { keys: [], revoked: [] };
const OTHER = Buffer.from('0000000b7373682d65643235353139', 'hex');

const read = (version: string, name: string): string[] =>
  readFileSync(new URL(`${version}/recorded-${name}.txt`, FIXTURES), 'latin1').split(/\r?\n/);

describe.each(VERSIONS)('what the client of %s printed', (version) => {
  test.each<[log: string, reason: FailureReason, sentence: RegExp]>([
    ['refused', 'connect', /^The connection to fra-1\.example\.net port 22 was refused; is sshd running/],
    ['dns', 'dns', /^The host name node\.invalid cannot be resolved \(/],
    ['http', 'handshake', /\(HTTP\/1\.1 400 Bad Request\); is it an SSH server\?$/],
    ['closes', 'handshake', /^The peer broke off before the SSH handshake was done \(.+\); is it/],
    ['resets', 'handshake', /^The peer broke off before the SSH handshake was done/],
    ['maxstartups', 'handshake', /^sshd has as many logins under way as its MaxStartups allows/],
    ['kex', 'handshake', /\(no matching key exchange method found/],
    ['penalty', 'penalty', /^sshd lets this address in no more for a while/],
    [
      'unknown',
      'host_key_unknown',
      /The host presents ssh-ed25519 SHA256:\S{43}; .*ssh-keyscan -p 22 fra-1\.example\.net >>/,
    ],
    [
      'changed',
      'host_key_changed',
      /^The host key has CHANGED\. The host presents ssh-ed25519 SHA256:\S{43}, /,
    ],
    ['other-type', 'host_key_changed', /^The host key has CHANGED/],
    ['revoked', 'host_key_revoked', /^The host key ssh-ed25519 SHA256:\S{43} is marked @revoked/],
    ['auth', 'auth', /^The login of user pipefleet with credential monitor was refused; is its public key/],
    ['hung-up', 'auth', /^The login of user pipefleet with credential monitor was refused/],
    ['too-many', 'auth', /was refused by hanging up \(Too many authentication failures\);/],
    [
      'badconfig',
      'credential',
      /^OpenSSH does not accept the ssh_config of credential monitor \(Bad configuration option: nonsense in line \d+ of \/keys\/rc\)/,
    ],
  ])('%s means %s', (name, reason, sentence) => {
    const failure = failureOfLogin(read(version, name), NODE, NOTHING);
    expect([failure.reason, failure.message]).toEqual([reason, expect.stringMatching(sentence)]);
  });

  test('a key of a host of which others are known has changed, whatever OpenSSH calls that', () => {
    const knowledge = { keys: [OTHER], revoked: [] };
    const failure = failureOfLogin(read(version, 'unknown'), NODE, knowledge);
    expect(failure.reason).toBe('host_key_changed');
    expect(failure.message).toContain(`known_hosts has ${fingerprint(OTHER)}`);
  });

  test('tells each stage of a login that was accepted, in order', () => {
    const stages = read(version, 'accepted')
      .map(stageOf)
      .filter((stage) => stage !== undefined);
    expect([...new Set(stages)]).toEqual(['connect', 'handshake', 'auth', 'ready']);
  });

  test('to a peer that says nothing ends in the handshake', () => {
    expect(lastStage(read(version, 'silent'))).toBe('handshake');
  });
});

test.each([
  ['a certificate', { certificateFile: '/keys/cert.pub' }, 'is its certificate still valid'],
  ['a key', {}, "is its public key in that user's authorized_keys?"],
])('a refused login says what to look at for %s', (_what, parts, sentence) => {
  const node = { ...NODE, credential: { ...NODE.credential, ...parts } };
  const log = ['debug1: SSH2_MSG_NEWKEYS received', 'pipefleet@192.0.2.1: Permission denied (publickey).'];
  expect(failureOfLogin(log, node, NOTHING).message).toContain(sentence);
});

test.each<[line: string, reason: FailureReason]>([
  ['No user exists for uid 1234', 'internal'],
  ['/home/me/.ssh/config: line 3: Bad configuration option: foo', 'credential'],
  ['Bad owner or permissions on /home/me/.ssh/config', 'credential'],
  ['ssh: connect to host 192.0.2.1 port 22: No route to host', 'connect'],
  ['ssh: connect to host 192.0.2.1 port 22: Connection timed out', 'connect_timeout'],
  ['Connection timed out during banner exchange', 'handshake_timeout'],
  ['', 'handshake'],
])('%j is %s', (line, reason) => {
  expect(failureOfLogin([line], NODE, NOTHING).reason).toBe(reason);
});

describe('a jump host that is logged in to', () => {
  const jump = { ...NODE, name: 'bastion', host: 'bastion.example.net' };
  test.each<[said: string, ofNode: FailureReason]>([
    ['connect failed: Connection refused', 'connect'],
    ['connect failed: Connection timed out', 'connect_timeout'],
    ['connect failed: Name or service not known', 'dns'],
    ['administratively prohibited: open failed', 'jump'],
  ])('and says %j', (why, ofNode) => {
    const log = [
      'debug1: Entering interactive session.',
      `channel 0: open failed: ${why}`,
      'stdio forwarding failed',
    ];
    const trouble = forwardTrouble(log) ?? '';
    expect(forwardFailure(jump, NODE, trouble, true).reason).toBe(ofNode);
    expect(forwardFailure(jump, NODE, trouble, false).reason).toBe('jump');
    expect(forwardFailure(jump, NODE, trouble, true).message).toContain('The jump host bastion ');
  });

  test('and says nothing has done its part', () => {
    expect(forwardTrouble(['debug1: Entering interactive session.'])).toBeUndefined();
  });
});
