import { describe, expect, test } from '@jest/globals';
import type { DesiredAccess } from './desired.js';
import type { FileFacts, MachineFacts } from './facts.js';
import { changesAnything, planAccess, planRemoval } from './plan.js';
import { sketchDesired, sketchFacts } from './testing/sketch-facts.js';

const GATE_PATH = '/usr/local/lib/pipefleet/gate';

function shown(desired: DesiredAccess, facts: MachineFacts): string[] {
  return planAccess(desired, facts, { adopt: false }).steps.map(
    ({ change, subject, detail }) => `${change} ${subject}: ${detail}`,
  );
}

/** The machine after the plan for {@link sketchDesired} was carried out. */
function settled(parts: Partial<MachineFacts> = {}): MachineFacts {
  const desired = sketchDesired();
  const folder = { mode: '755', owner: 'root:root', text: undefined };
  return sketchFacts({
    accounts: new Map([
      [
        'pipefleet',
        {
          uid: 998,
          gid: 998,
          comment: 'pipefleet service account',
          home: '/var/lib/pipefleet',
          shell: '/bin/sh',
          password: 'none',
        },
      ],
    ]),
    files: new Map<string, FileFacts>([
      [GATE_PATH, { mode: '755', owner: 'root:root', text: desired.gate.text }],
      ['/var/lib/pipefleet/', folder],
      ['/var/lib/pipefleet/.ssh', folder],
      [
        '/var/lib/pipefleet/.ssh/authorized_keys',
        { mode: '644', owner: 'root:root', text: `${desired.accounts[0]?.keys[0]?.line ?? ''}\n` },
      ],
    ]),
    ...parts,
  });
}

describe('a plan for a bare machine', () => {
  test('makes gate and account before the key that leads to them', () => {
    expect(shown(sketchDesired(), sketchFacts())).toEqual([
      `create gate: ${GATE_PATH}, version 0.1.0, sha256 aaaaaaaaaaaaaaaa…`,
      'create account: pipefleet, without a password, shell /bin/sh, home /var/lib/pipefleet',
      'create folder: /var/lib/pipefleet and .ssh belong to root: pipefleet cannot change what its keys may do',
      'create key: pipefleet: monitor ssh-ed25519 SHA256:monitor',
    ]);
  });

  test('that was carried out plans nothing', () => {
    const plan = planAccess(sketchDesired(), settled(), { adopt: false });
    expect(plan.steps.map(({ change }) => change)).toEqual(['keep', 'keep', 'keep', 'keep']);
    expect(changesAnything(plan)).toBe(false);
  });
});

describe('a plan for a machine that is nearly right mends', () => {
  const [path, text] = [
    '/var/lib/pipefleet/.ssh/authorized_keys',
    sketchDesired().accounts[0]?.keys[0]?.line,
  ];
  const withFile = (
    file: string,
    facts: { mode?: string; owner?: string; text?: string | undefined },
  ): MachineFacts => {
    const { files } = settled();
    const known = files.get(file) ?? { mode: '755', owner: 'root:root', text: undefined };
    return settled({ files: new Map([...files, [file, { ...known, ...facts }]]) });
  };

  test.each([
    ['a gate that somebody has changed', withFile(GATE_PATH, { text: '#!/bin/sh\nsh\n' }), 'change gate'],
    ['a gate that others may write', withFile(GATE_PATH, { mode: '777' }), 'change gate'],
    [
      'a home of the account itself',
      withFile('/var/lib/pipefleet/', { owner: 'pipefleet:pipefleet' }),
      'change folder',
    ],
    ['keys that the account may write', withFile(path, { owner: 'pipefleet:pipefleet' }), 'change key'],
    ['a key without its restrictions', withFile(path, { text: 'ssh-ed25519 AAAAmonitor x\n' }), 'change key'],
    [
      'a second, older key of ours',
      withFile(path, { text: `${text?.replace('AAAAmonitor', 'AAAAold') ?? ''}\n${text ?? ''}\n` }),
      'change key',
    ],
  ])('%s', (_what, facts, change) => {
    const { steps } = planAccess(sketchDesired(), facts, { adopt: false });
    expect(
      steps.filter((step) => step.change !== 'keep').map((step) => `${step.change} ${step.subject}`),
    ).toEqual([change]);
  });

  test('says what becomes of keys', () => {
    const others = `ssh-rsa AAAAforeign me\n${text?.replace('AAAAmonitor', 'AAAAold') ?? ''}\n`;
    expect(shown(sketchDesired(), withFile(path, { text: others })).at(-1)).toBe(
      'change key: pipefleet: monitor ssh-ed25519 SHA256:monitor; 1 older of ours goes; 1 not of ours stays',
    );
  });
});

describe('a plan is refused, in one sentence each,', () => {
  const sshd = (settings: Readonly<Record<string, readonly string[]>>): MachineFacts =>
    settled({ sshd: new Map([['pipefleet', new Map(Object.entries(settings))]]) });

  test.each([
    ['where keys are off', sshd({ pubkeyauthentication: ['no'] }), 'PubkeyAuthentication no'],
    ['where keys lie elsewhere', sshd({ authorizedkeysfile: ['/etc/ssh/keys/%u'] }), 'AuthorizedKeysFile'],
    [
      'where only others are admitted',
      sshd({ allowusers: ['admin', 'root@192.0.2.1'] }),
      'certain users (AllowUsers); add pipefleet there',
    ],
    ['where the account is refused', sshd({ denyusers: ['pipefleet'] }), 'DenyUsers'],
    ['where only other groups are admitted', sshd({ allowgroups: ['ssh'] }), 'AllowGroups'],
    [
      'where no account can be made',
      sketchFacts({ programs: new Set(['sudo']) }),
      'neither useradd nor adduser',
    ],
  ])('%s', (_what, facts, words) => {
    const { blockers } = planAccess(sketchDesired(), facts, { adopt: false });
    expect(blockers).toHaveLength(1);
    expect(blockers[0]).toContain(words);
  });

  test('where the account is somebody else’s, unless it was taken over before', () => {
    const facts = settled();
    const account = facts.accounts.get('pipefleet');
    if (account === undefined) throw new Error('there is none');
    const others = { ...facts, accounts: new Map([['pipefleet', { ...account, comment: 'Peter' }]]) };
    expect(planAccess(sketchDesired(), others, { adopt: false }).blockers).toEqual([]);
    const untouched = { ...others, files: new Map<string, FileFacts>() };
    expect(planAccess(sketchDesired(), untouched, { adopt: false }).blockers).toHaveLength(1);
    expect(planAccess(sketchDesired(), untouched, { adopt: true }).blockers).toEqual([]);
  });

  test('where sudo is needed and missing', () => {
    const desired = sketchDesired({ sudoers: ['a line'] });
    const { blockers } = planAccess(desired, sketchFacts({ programs: new Set(['useradd']) }), {
      adopt: false,
    });
    expect(blockers).toEqual([
      'The node has no sudo, which the purposes that act on it need; install it there, or leave them out.',
    ]);
  });

  test.each([
    [{ allowusers: ['pipefleet@198.51.100.7'] }],
    [{ allowusers: ['pipe*'] }],
    [{ allowgroups: ['pipefleet'] }],
    [{ authorizedkeysfile: ['/etc/ssh/keys/%u .ssh/authorized_keys'] }],
    [{ authorizedkeysfile: ['%h/.ssh/authorized_keys'] }],
  ])('and not where %j lets it in', (settings) => {
    expect(planAccess(sketchDesired(), sshd(settings), { adopt: false }).blockers).toEqual([]);
  });
});

describe('a plan to take access away', () => {
  test('removes what was made', () => {
    expect(
      planRemoval(['pipefleet'], GATE_PATH, settled()).steps.map(({ subject, detail }) => [subject, detail]),
    ).toEqual([
      ['account', 'account pipefleet with its keys and /var/lib/pipefleet'],
      ['gate', GATE_PATH],
    ]);
  });

  test('never deletes a home that is not the one it has made', () => {
    const facts = settled();
    const account = facts.accounts.get('pipefleet');
    if (account === undefined) throw new Error('there is none');
    const moved = { ...facts, accounts: new Map([['pipefleet', { ...account, home: '/' }]]) };
    const [first] = planRemoval(['pipefleet'], GATE_PATH, moved).steps;
    expect(first?.detail).toBe('account pipefleet with its keys; / stays');
    expect(first?.script).not.toContain('rm -rf');
  });

  test('leaves an account that pipefleet has not made, and keys that are not its own', () => {
    const facts = settled();
    const account = facts.accounts.get('pipefleet');
    if (account === undefined) throw new Error('there is none');
    const adopted = { ...facts, accounts: new Map([['pipefleet', { ...account, comment: 'Peter' }]]) };
    const [first] = planRemoval(['pipefleet'], GATE_PATH, adopted).steps;
    expect(first?.detail).toBe(
      "pipefleet's keys of pipefleet; the account stays, since pipefleet has not made it",
    );
    expect(first?.script).not.toContain('userdel');
  });

  test('has nothing to do on a machine without any of it', () => {
    expect(planRemoval(['pipefleet'], GATE_PATH, sketchFacts()).steps).toEqual([]);
  });
});
