import type { DesiredAccess } from '../desired.js';
import type { MachineFacts } from '../facts.js';

/** A bare Debian machine with sudo, as the facts script would find it. */
export function sketchFacts(parts: Partial<MachineFacts> = {}): MachineFacts {
  return {
    os: 'Debian GNU/Linux 12 (bookworm)',
    kernel: '6.1.0-40-amd64',
    machine: 'x86_64',
    programs: new Set(['sshd', 'sudo', 'useradd', 'usermod', 'visudo']),
    accounts: new Map(),
    groups: new Map(),
    files: new Map(),
    sshd: new Map(),
    generations: [],
    units: [],
    ...parts,
  };
}

/** What is wanted: one account with a key of the exporter's. */
export function sketchDesired(parts: Partial<DesiredAccess> = {}): DesiredAccess {
  return {
    accounts: [
      {
        name: 'pipefleet',
        keys: [
          {
            purpose: 'monitor',
            line: 'restrict,command="/usr/local/lib/pipefleet/gate monitor" ssh-ed25519 AAAAmonitor pipefleet-monitor',
            blob: 'AAAAmonitor',
            fingerprint: 'ssh-ed25519 SHA256:monitor',
          },
        ],
      },
    ],
    gate: {
      path: '/usr/local/lib/pipefleet/gate',
      version: '0.1.0',
      digest: 'a'.repeat(64),
      text: '#!/bin/sh\n',
    },
    sudoers: [],
    audit: false,
    ...parts,
  };
}
