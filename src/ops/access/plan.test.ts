import { describe, expect, test } from '@jest/globals';
import type { DesiredAccess } from './desired.js';
import type { MachineFacts } from './facts.js';
import { type Manifest, manifestPath, renderManifest } from './manifest.js';
import { planAccess } from './plan.js';
import { NOWHERE } from './read-facts.js';
import { changesAnything, type Plan } from './step.js';
import {
  madeAccount,
  manifestFor,
  rootsFile,
  ROOTS_FOLDER,
  settledFacts,
  sketchDesired,
  sketchFacts,
} from './testing/sketch-facts.js';

const GATE_PATH = '/usr/local/lib/pipefleet/gate';
const HOME = '/var/lib/pipefleet';
const SSH = `${HOME}/.ssh`;
const KEYS = `${SSH}/authorized_keys`;
const MANIFEST = manifestPath(GATE_PATH, 'f0123456789abcde');
const OTHER = manifestPath(GATE_PATH, 'other');
const SUDOERS = '/etc/sudoers.d/pipefleet-f0123456789abcde';
const LINE = sketchDesired().accounts[0]?.keys[0]?.line ?? '';

const shown = ({ steps }: Plan): string[] =>
  steps.map(({ change, subject, detail }) => `${change} ${subject}: ${detail}`);
const changes = ({ steps }: Plan): string[] =>
  steps.filter(({ change }) => change !== 'keep').map(({ change, subject }) => `${change} ${subject}`);
const plan = (facts: MachineFacts, desired: DesiredAccess = sketchDesired(), adopt = false): Plan =>
  planAccess(desired, facts, { adopt });
/** The manifest of another fleet, in the place of such. */
const other = (parts: Partial<Manifest>) =>
  rootsFile(
    renderManifest({
      fleet: 'other',
      gate: undefined,
      sudoers: undefined,
      group: undefined,
      accounts: [],
      ...parts,
    }),
  );

describe('a plan for a bare machine', () => {
  test('lists what is ours first, and makes gate and account before the key that leads to them', () => {
    expect(shown(plan(sketchFacts()))).toEqual([
      `create manifest: ${MANIFEST} lists what pipefleet makes here`,
      `create gate: ${GATE_PATH}, version 0.1.0, sha256 a8076d3d28d21e02…`,
      'create account: pipefleet, without a password, shell /bin/sh, home /var/lib/pipefleet',
      'create folder: /var/lib/pipefleet and .ssh belong to root: pipefleet cannot change what its keys may do',
      'create key: pipefleet: monitor ssh-ed25519 SHA256:monitor',
    ]);
  });

  test('that was carried out plans nothing', () => {
    const second = plan(settledFacts());
    expect(second.blockers).toEqual([]);
    expect(second.steps.map(({ change }) => change)).toEqual(['keep', 'keep', 'keep', 'keep', 'keep']);
    expect(changesAnything(second)).toBe(false);
  });
});

describe('a plan for a machine that is nearly right changes', () => {
  test.each([
    [
      'a gate that somebody has changed',
      settledFacts({ [GATE_PATH]: rootsFile('sh\n', '755') }),
      ['change gate'],
    ],
    ['a gate that others may write', settledFacts({ [GATE_PATH]: { mode: '777' } }), ['change gate']],
    [
      'a home that was given to its account',
      settledFacts({ [HOME]: { owner: '998:998' }, [KEYS]: { text: undefined } }),
      ['change folder', 'change key'],
    ],
    [
      'keys that the account may write',
      settledFacts({ [KEYS]: { owner: '998:998', mode: '600' } }),
      ['change key'],
    ],
    [
      'a home that was given to its account with all that is in it',
      settledFacts({
        [HOME]: { owner: '998:998' },
        [SSH]: { owner: '998:998' },
        [KEYS]: { owner: '998:998', text: undefined },
      }),
      ['change folder', 'change key'],
    ],
    [
      'a key without its restrictions',
      settledFacts({ [KEYS]: rootsFile('ssh-ed25519 AAAAmonitor x\n') }),
      ['change key'],
    ],
    [
      'a manifest that lacks something',
      settledFacts({
        [MANIFEST]: rootsFile(renderManifest({ ...manifestFor(sketchDesired()), accounts: [] })),
      }),
      ['change manifest'],
    ],
    [
      'a shell and a password that somebody has given',
      settledFacts(
        {},
        {
          accounts: new Map([
            ['pipefleet', madeAccount('pipefleet', { shell: '/bin/bash', password: 'set' })],
          ]),
        },
      ),
      ['change account'],
    ],
    [
      'an account that somebody has removed',
      settledFacts({}, { accounts: new Map(), groups: new Map() }),
      ['change manifest', 'create account'],
    ],
  ])('%s', (_what, facts, expected) => {
    const { blockers, ...rest } = plan(facts);
    expect(blockers).toEqual([]);
    expect(changes({ blockers, ...rest })).toEqual(expected);
  });

  test('keys that it has put there and that are wanted no more, and forgets them afterwards', () => {
    const [account] = manifestFor(sketchDesired()).accounts;
    const listed = {
      ...manifestFor(sketchDesired()),
      accounts: account === undefined ? [] : [{ ...account, keys: ['AAAAold', 'AAAAmonitor'] }],
    };
    const facts = settledFacts({
      [MANIFEST]: rootsFile(renderManifest(listed)),
      [KEYS]: rootsFile(`ssh-rsa AAAAforeign me\n${LINE.replace('AAAAmonitor', 'AAAAold')}\n${LINE}\n`),
    });
    expect(changes(plan(facts))).toEqual(['change key', 'change manifest']);
    expect(shown(plan(facts)).find((line) => line.includes(' key: '))).toBe(
      'change key: pipefleet: monitor ssh-ed25519 SHA256:monitor; 1 older of ours goes; 1 not of ours stays',
    );
  });

  test('an account that the configuration names no more: it goes', () => {
    const listed: Manifest = {
      ...manifestFor(sketchDesired()),
      accounts: [
        ...manifestFor(sketchDesired()).accounts,
        {
          name: 'pipefleet-ops',
          uid: 997,
          home: '/var/lib/pipefleet-ops',
          before: undefined,
          keys: ['AAAAops'],
        },
      ],
    };
    const facts = settledFacts(
      { [MANIFEST]: rootsFile(renderManifest(listed)), '/var/lib/pipefleet-ops': ROOTS_FOLDER },
      {
        accounts: new Map([
          ['pipefleet', madeAccount('pipefleet')],
          ['pipefleet-ops', madeAccount('pipefleet-ops', { uid: 997 })],
        ]),
      },
    );
    expect(changes(plan(facts))).toEqual(['remove account', 'change manifest']);
  });
});

describe('what earlier versions have made, which kept no manifest,', () => {
  test('is listed when it is in every point as set-up makes it', () => {
    expect(changes(plan(settledFacts({ [MANIFEST]: undefined })))).toEqual(['create manifest']);
  });

  test('is renewed when it is an older gate', () => {
    const older = rootsFile('#!/bin/sh\n# The gate of pipefleet 0.0.9: everything …\n', '755');
    expect(changes(plan(settledFacts({ [MANIFEST]: undefined, [GATE_PATH]: older })))).toEqual([
      'create manifest',
      'change gate',
    ]);
  });

  test('has its lines of sudoers moved into the file of the fleet when they are the same to the byte', () => {
    const desired = sketchDesired({ sudoers: ['pipefleet ALL=(root) NOPASSWD: /bin/true'] });
    const head = '# Written by pipefleet as a whole: pipefleet nodes setup writes it anew.\n';
    const earlier = `${head}${desired.sudoers.join('\n')}\n`;
    const file = '/etc/sudoers.d/pipefleet';
    const moved = plan(settledFacts({ [MANIFEST]: undefined, [file]: rootsFile(earlier, '440') }), desired);
    expect(changes(moved)).toEqual(['create manifest', 'create sudoers', 'remove sudoers']);
    const changed = plan(
      settledFacts({ [MANIFEST]: undefined, [file]: rootsFile(`${earlier}#\n`, '440') }),
      desired,
    );
    expect(changes(changed)).toEqual(['create manifest', 'create sudoers']);
  });

  test.each([
    ['another comment', { comment: 'Peter' }],
    ['another shell', { shell: '/bin/bash' }],
    ['a password', { password: 'set' as const }],
    ['another home', { home: '/home/pipefleet' }],
  ])('is an account of somebody else when it has %s', (_what, parts) => {
    const accounts = new Map([['pipefleet', madeAccount('pipefleet', parts)]]);
    expect(plan(settledFacts({ [MANIFEST]: undefined }, { accounts })).blockers).toEqual([
      'The node has an account pipefleet that pipefleet has not made; name another user in its credential, or take it over with --adopt, which gives its home to root.',
    ]);
  });

  test('is an account of somebody else when its home is not root’s', () => {
    const facts = settledFacts({ [MANIFEST]: undefined, [HOME]: { owner: '998:998' } });
    expect(plan(facts).blockers).toHaveLength(1);
  });
});

describe('another fleet on the node', () => {
  const shared = { accounts: manifestFor(sketchDesired()).accounts, gate: 'c'.repeat(64) };

  test('shares account and gate, and keeps its keys', () => {
    const facts = settledFacts({
      [MANIFEST]: undefined,
      [OTHER]: other(shared),
      [GATE_PATH]: rootsFile('another gate\n', '755'),
      [KEYS]: rootsFile(`${LINE.replace('AAAAmonitor', 'AAAAtheirs')}\n`),
    });
    const { blockers } = plan(facts);
    expect(blockers).toEqual([]);
    expect(shown(plan(facts)).filter((line) => !line.startsWith('keep'))).toEqual([
      `create manifest: ${MANIFEST} lists what pipefleet makes here`,
      expect.stringMatching(/^change gate: .* \(was sha256 .*…\) \(shared with 1 other fleet\)$/),
      'change key: pipefleet: monitor ssh-ed25519 SHA256:monitor; 1 not of ours stays',
    ]);
  });

  test('lends an account that it has taken over on the same terms', () => {
    const before = {
      shell: '/bin/zsh',
      starred: true,
      home: '998:33:2711',
      ssh: '998:998:0700',
      keys: undefined,
    };
    const accounts = shared.accounts.map((entry) => ({ ...entry, home: '/home/pipefleet', before }));
    const facts = settledFacts(
      {
        [MANIFEST]: undefined,
        [OTHER]: other({ accounts }),
        '/home/pipefleet': { ...ROOTS_FOLDER, mode: '751', owner: '0:998' },
      },
      {
        accounts: new Map([
          ['pipefleet', madeAccount('pipefleet', { comment: '', home: '/home/pipefleet' })],
        ]),
      },
    );
    const [first] = plan(facts).steps;
    expect(plan(facts).blockers).toEqual([]);
    expect(first?.script).toContain('before pipefleet starred 998:33:2711 998:998:0700 - /bin/zsh');
  });
});

describe('a plan is refused, in one sentence each,', () => {
  const sshd = (settings: Readonly<Record<string, readonly string[]>>): MachineFacts =>
    settledFacts({}, { sshd: new Map([['pipefleet', new Map(Object.entries(settings))]]) });
  const account = (parts: Parameters<typeof madeAccount>[1]) =>
    new Map([['pipefleet', madeAccount('pipefleet', parts)]]);
  const unsafe = {
    ...NOWHERE,
    what: 'unsafe' as const,
    why: '/usr/local can be written by others than root',
  };

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
    [
      'where the account is root',
      settledFacts({}, { accounts: account({ uid: 0 }) }),
      'pipefleet is root on the node',
    ],
    [
      'where somebody made the account again',
      settledFacts({}, { accounts: account({ uid: 1005 }) }),
      'has the number 1005, and pipefleet knows it with 998',
    ],
    [
      'where somebody moved its home',
      settledFacts({}, { accounts: account({ home: '/srv/x' }) }),
      'has the home /srv/x, and pipefleet knows it with /var/lib/pipefleet',
    ],
    [
      'where the group is somebody else’s',
      sketchFacts({ groups: new Map([['pipefleet', []]]) }),
      'a group pipefleet that pipefleet has not made',
    ],
    [
      'where its home is there, which a run that ended was about to make',
      sketchFacts({
        places: new Map([
          [MANIFEST, rootsFile(renderManifest(manifestFor(sketchDesired(), null)))],
          [HOME, ROOTS_FOLDER],
        ]),
      }),
      '/var/lib/pipefleet is there already',
    ],
    [
      'where its home is there already',
      sketchFacts({ places: new Map([[HOME, ROOTS_FOLDER]]) }),
      '/var/lib/pipefleet is there already',
    ],
    [
      'where others can write above the gate',
      sketchFacts({
        places: new Map([
          [GATE_PATH, unsafe],
          [MANIFEST, unsafe],
        ]),
      }),
      '/usr/local can be written by others than root; put that right, then try again.',
    ],
    [
      'where the manifest is that of another fleet',
      settledFacts({ [MANIFEST]: other({}) }),
      'is no manifest that this version of pipefleet can read',
    ],
  ])('%s', (_what, facts, words) => {
    const { blockers } = plan(facts);
    expect(blockers).toHaveLength(1);
    expect(blockers[0]).toContain(words);
  });

  test('where sudo is needed and missing', () => {
    const facts = sketchFacts({ programs: new Set(['useradd']) });
    expect(plan(facts, sketchDesired({ sudoers: ['a line'] })).blockers).toEqual([
      'The node has no sudo, which the purposes that act on it need; install it there, or leave them out.',
    ]);
  });

  test('where the file of sudoers is somebody else’s', () => {
    const facts = settledFacts({ [SUDOERS]: rootsFile('boss ALL=(ALL) ALL\n', '440') });
    expect(plan(facts, sketchDesired({ sudoers: ['a line'] })).blockers).toEqual([
      `On the node, ${SUDOERS} is there already, and pipefleet has not made it; move it away, then try again.`,
    ]);
  });

  test.each([
    [{ allowusers: ['pipefleet@198.51.100.7'] }],
    [{ allowusers: ['pipe*'] }],
    [{ allowgroups: ['pipefleet'] }],
    [{ authorizedkeysfile: ['/etc/ssh/keys/%u .ssh/authorized_keys'] }],
    [{ authorizedkeysfile: ['%h/.ssh/authorized_keys'] }],
  ])('and not where %j lets it in', (settings) => {
    expect(plan(sshd(settings)).blockers).toEqual([]);
  });
});

describe('taking over an account', () => {
  const EVE = '/home/eve';
  const folder = (owner: string, mode: string) => ({ ...ROOTS_FOLDER, owner, mode });
  const eve = sketchDesired({ accounts: [{ name: 'eve', keys: sketchDesired().accounts[0]?.keys ?? [] }] });
  const facts = (places: Readonly<Record<string, Partial<typeof NOWHERE>>>): MachineFacts =>
    sketchFacts({
      accounts: new Map([
        ['eve', madeAccount('eve', { uid: 1000, gid: 100, comment: 'Eve', home: EVE, password: 'set' })],
      ]),
      places: new Map(Object.entries(places).map(([path, place]) => [path, { ...NOWHERE, ...place }])),
    });

  test('says what it was, keeps it as closed to others as it was, and reads no file of its own', () => {
    const taken = plan(
      facts({
        [EVE]: folder('1000:100', '2701'),
        [`${EVE}/.ssh`]: folder('1000:100', '700'),
        [`${EVE}/.ssh/authorized_keys`]: { what: 'file', owner: '1000:100', mode: '600', size: 9 },
      }),
      eve,
      true,
    );
    expect(taken.blockers).toEqual([]);
    expect(shown(taken)).toEqual([
      expect.stringContaining('create manifest'),
      expect.stringContaining('create gate'),
      'change account: eve, without a password, shell /bin/sh, home /home/eve; it is taken over',
      'change folder: /home/eve and .ssh belong to root: eve cannot change what its keys may do',
      'change key: eve: monitor ssh-ed25519 SHA256:monitor; those of others stay',
    ]);
    const [manifest, , , folders] = taken.steps.map(({ script }) => script);
    expect(manifest).toContain('before eve starred 1000:100:2701 1000:100:0700 1000:100:0600 /bin/sh');
    expect(folders).toContain('0:100 751\n');
    expect(folders).toContain('0:100 750\n');
  });

  test.each([
    ['is a link', { [EVE]: { what: 'link' as const } }, '/home/eve is a link'],
    [
      'belongs to another account',
      { [EVE]: folder('1001:100', '755') },
      '/home/eve belongs to another account than eve',
    ],
    ['belongs to root', { [EVE]: ROOTS_FOLDER }, '/home/eve belongs to root and not to eve'],
    [
      'holds another one’s .ssh',
      { [EVE]: folder('1000:100', '755'), [`${EVE}/.ssh`]: folder('1001:100', '755') },
      '/home/eve/.ssh belongs to another account',
    ],
    [
      'holds a link for .ssh',
      { [EVE]: folder('1000:100', '755'), [`${EVE}/.ssh`]: { what: 'link' as const } },
      '/home/eve/.ssh is a link',
    ],
    [
      'is in an unsafe place',
      { [EVE]: { what: 'unsafe' as const, why: '/home is a link' } },
      '/home is a link',
    ],
  ])('is refused where its home %s', (_what, places, sentence) => {
    const { blockers } = plan(facts(places), eve, true);
    expect(blockers).toEqual([expect.stringContaining(`On the node, ${sentence}`)]);
  });

  test('is refused for the account of the login itself, further keys and closed homes', () => {
    const home = facts({ [EVE]: folder('1000:100', '755'), '/k': { what: 'file', owner: '1000:100' } });
    const blockersOf = (parts: Partial<MachineFacts>): readonly string[] =>
      plan({ ...home, ...parts }, eve, true).blockers;
    expect(blockersOf({})).toEqual([]);
    expect(blockersOf({ login: 'eve' })).toEqual([expect.stringContaining('that you log in with')]);
    expect(blockersOf({ further: new Map([['eve', ['/k']]]) })).toEqual([
      expect.stringContaining('/k, from which sshd reads keys of eve too'),
    ]);
    const shared = new Map([['eve', madeAccount('eve', { ...home.accounts.get('eve'), private: false })]]);
    expect(blockersOf({ accounts: shared })).toEqual([]);
    const closed = facts({ [EVE]: folder('1000:100', '711') }).places;
    expect(blockersOf({ accounts: shared, places: closed })).toEqual([
      expect.stringContaining('/home/eve is closed to a group that eve shares'),
    ]);
    const listed = facts({ [EVE]: { ...folder('1000:100', '755'), acl: true } }).places;
    expect(blockersOf({ places: listed })).toEqual([expect.stringContaining('has an access list (ACL)')]);
  });

  test('is refused unasked, and for what belongs to everybody', () => {
    const found = facts({ [EVE]: folder('1000:100', '755') });
    expect(plan(found, eve).blockers).toEqual([expect.stringContaining('with --adopt')]);
    const everybodys = {
      ...found,
      accounts: new Map([['eve', madeAccount('eve', { uid: 1000, comment: '', home: '/srv' })]]),
    };
    expect(plan(everybodys, eve, true).blockers).toEqual([expect.stringContaining('cannot be given away')]);
  });
});
