import { describe, expect, test } from '@jest/globals';
import type { Credential } from '../../inventory/node.js';
import { sketchCredential, sketchNode } from '../../inventory/testing/sketches.js';
import { accountsFor, credentialsFor, desiredFor } from './desired-for.js';

const monitor = sketchCredential({ from: ['198.51.100.7'] });
const other = sketchCredential({ name: 'other' });
const operate = sketchCredential({ name: 'operate', purpose: 'operate', user: 'pipefleet-ops' });
const backup = sketchCredential({ name: 'backup', purpose: 'backup', user: 'pipefleet-ops' });
const node = sketchNode({ credential: monitor });
const configOf = (...credentials: Credential[]) => ({
  nodes: [node],
  jumpHosts: new Map(),
  credentials: new Map(credentials.map((credential) => [credential.name, credential])),
});
const publicKeysOf = ({ name }: Credential) =>
  Promise.resolve([
    {
      line: `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5${name} x`,
      blob: `AAAAC3NzaC1lZDI1NTE5${name}`,
      fingerprint: name,
    },
  ]);
const options = (...credentials: Credential[]) => ({
  config: configOf(...credentials),
  version: '0.1.0',
  gates: () => ({ text: '#!/bin/sh\n', digest: 'abc' }),
  publicKeysOf,
  audit: false,
  fleet: 'f0123456789abcde',
});

describe('what a node shall have', () => {
  test('is its own key for monitoring and every key of another purpose', () => {
    const config = configOf(monitor, other, operate, backup);
    expect(credentialsFor(node, config).map(({ name }) => name)).toEqual(['monitor', 'operate', 'backup']);
    expect(accountsFor(node, config)).toEqual(['pipefleet', 'pipefleet-ops']);
  });

  test('lets each key do its purpose only, from where it may be used', async () => {
    const desired = await desiredFor(node, ['popcache.service'], options(monitor, operate, backup));
    expect(desired.accounts.map(({ name, keys }) => [name, keys.map(({ line }) => line)])).toEqual([
      [
        'pipefleet',
        [
          'restrict,from="198.51.100.7",command="/usr/local/lib/pipefleet/gate monitor" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5monitor pipefleet-monitor',
        ],
      ],
      [
        'pipefleet-ops',
        [
          'restrict,command="/usr/local/lib/pipefleet/gate operate" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5operate pipefleet-operate',
          'restrict,command="/usr/local/lib/pipefleet/gate backup" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5backup pipefleet-backup',
        ],
      ],
    ]);
  });

  test('takes sudo only for what acts on the node, command by command', async () => {
    expect((await desiredFor(node, ['popcache.service'], options(monitor))).sudoers).toEqual([]);
    expect((await desiredFor(node, ['popcache.service'], options(monitor, operate))).sudoers).toEqual(
      ['start', 'stop', 'restart'].map(
        (action) => `pipefleet-ops ALL=(root) NOPASSWD: /usr/bin/systemctl ${action} popcache.service`,
      ),
    );
    expect((await desiredFor(node, [], options(monitor, operate))).sudoers).toEqual([]);
  });

  test('adds the lines of the audit when they are wanted', async () => {
    const { sudoers } = await desiredFor(node, [], { ...options(monitor), audit: true });
    expect(sudoers).toHaveLength(1);
    expect(sudoers[0]).toMatch(/^%pipefleet-audit ALL=\(root\) NOPASSWD: \/usr\/sbin\/sshd -T, /);
  });
});
