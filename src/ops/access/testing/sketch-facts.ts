import type { DesiredAccess } from '../desired.js';
import { homeOf } from '../desired.js';
import type { AccountFacts, MachineFacts, PlaceFacts } from '../facts.js';
import { digestOf } from '../listed-file.js';
import { type Manifest, manifestPath, renderManifest } from '../manifest.js';
import { NOWHERE } from '../read-facts.js';

/** A bare Debian machine with sudo, as the facts script would find it. */
export function sketchFacts(parts: Partial<MachineFacts> = {}): MachineFacts {
  return {
    os: 'Debian GNU/Linux 12 (bookworm)',
    kernel: '6.1.0-40-amd64',
    machine: 'x86_64',
    programs: new Set(['sshd', 'sudo', 'useradd', 'usermod', 'visudo']),
    accounts: new Map(),
    groups: new Map(),
    places: new Map(),
    sshd: new Map(),
    login: undefined,
    further: new Map(),
    generations: [],
    units: [],
    ...parts,
  };
}

/** What is wanted: one account with a key of the exporter's. */
export function sketchDesired(parts: Partial<DesiredAccess> = {}): DesiredAccess {
  return {
    fleet: 'f0123456789abcde',
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
      digest: digestOf('#!/bin/sh\n'),
      text: '#!/bin/sh\n',
    },
    sudoers: [],
    audit: false,
    ...parts,
  };
}

export const ROOTS_FOLDER: PlaceFacts = { ...NOWHERE, what: 'folder', mode: '755', owner: '0:0' };

/** A file of root's. */
export function rootsFile(text: string, mode = '644'): PlaceFacts {
  return { ...NOWHERE, what: 'file', mode, owner: '0:0', size: text.length, text };
}

/** An account as set-up makes one. */
export function madeAccount(name: string, parts: Partial<AccountFacts> = {}): AccountFacts {
  const own = { comment: 'pipefleet service account', home: homeOf(name), shell: '/bin/sh' };
  return { uid: 998, gid: 998, private: true, password: 'none', ...own, ...parts };
}

/** The manifest of a fleet that has set up just what is wanted; without a number, of one that was about to. */
export function manifestFor(desired: DesiredAccess, uid: number | null = 998): Manifest {
  return {
    fleet: desired.fleet,
    gate: desired.gate.digest,
    sudoers: undefined,
    group: undefined,
    accounts: desired.accounts.map(({ name, keys }) => ({
      name,
      uid: uid ?? undefined,
      home: homeOf(name),
      before: undefined,
      keys: keys.map(({ blob }) => blob),
    })),
  };
}

/** The machine after the plan for {@link sketchDesired} was carried out, with other things at some places. */
export function settledFacts(
  places: Readonly<Record<string, Partial<PlaceFacts> | undefined>> = {},
  parts: Partial<MachineFacts> = {},
): MachineFacts {
  const desired = sketchDesired();
  const { gate, accounts, fleet } = desired;
  const home = '/var/lib/pipefleet';
  const all = new Map<string, PlaceFacts>([
    [gate.path, rootsFile(gate.text, '755')],
    [manifestPath(gate.path, fleet), rootsFile(renderManifest(manifestFor(desired)))],
    [home, ROOTS_FOLDER],
    [`${home}/.ssh`, ROOTS_FOLDER],
    [`${home}/.ssh/authorized_keys`, rootsFile(`${accounts[0]?.keys[0]?.line ?? ''}\n`)],
  ]);
  for (const [path, place] of Object.entries(places)) {
    if (place === undefined) all.delete(path);
    else all.set(path, { ...(all.get(path) ?? NOWHERE), ...place });
  }
  return sketchFacts({
    accounts: new Map([['pipefleet', madeAccount('pipefleet')]]),
    groups: new Map([['pipefleet', ['pipefleet']]]),
    places: all,
    ...parts,
  });
}
