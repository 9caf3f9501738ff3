import { describe, expect, test } from '@jest/globals';
import type { MachineFacts } from './facts.js';
import { type Manifest, manifestPath, renderManifest } from './manifest.js';
import { planRemoval } from './plan-removal.js';
import type { Plan } from './step.js';
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
const KEYS = `${HOME}/.ssh/authorized_keys`;
const FLEET = 'f0123456789abcde';
const MANIFEST = manifestPath(GATE_PATH, FLEET);
const OTHER = manifestPath(GATE_PATH, 'other');
const LINE = sketchDesired().accounts[0]?.keys[0]?.line ?? '';
const OURS = manifestFor(sketchDesired());

const removal = (facts: MachineFacts): Plan => planRemoval(['pipefleet'], GATE_PATH, FLEET, facts);
const shown = ({ steps }: Plan): string[] =>
  steps.map(({ change, subject, detail }) => `${change} ${subject}: ${detail}`);
const listing = (manifest: Manifest) => rootsFile(renderManifest(manifest));
const account = (parts: Parameters<typeof madeAccount>[1]) =>
  new Map([['pipefleet', madeAccount('pipefleet', parts)]]);

describe('a plan to take access away', () => {
  test('removes what the manifest lists', () => {
    expect(shown(removal(settledFacts()))).toEqual([
      'remove account: account pipefleet with its keys and /var/lib/pipefleet',
      `remove gate: ${GATE_PATH}`,
      `remove manifest: ${MANIFEST}`,
    ]);
  });

  test('keeps what others have put into the home, and says so', () => {
    const plan = removal(
      settledFacts({ [HOME]: { holds: ['backup.stamp'] }, [`${HOME}/.ssh`]: { holds: ['id'] } }),
    );
    expect(shown(plan)[0]).toBe(
      'remove account: account pipefleet with its keys; /var/lib/pipefleet stays, since it holds backup.stamp, .ssh/id',
    );
    expect(plan.steps[0]?.script).not.toMatch(/rm -\w*r/);
  });

  test('keeps an account that others use with keys of their own', () => {
    const plan = removal(settledFacts({ [KEYS]: rootsFile(`ssh-ed25519 AAAAother me\n${LINE}\n`) }));
    expect(shown(plan)[0]).toBe(
      "remove key: pipefleet's keys of pipefleet; the account stays, since it has 1 key that pipefleet has not put there",
    );
    expect(plan.steps[0]?.script).not.toContain('userdel');
  });

  test('keeps what another fleet lists', () => {
    const plan = removal(settledFacts({ [OTHER]: listing({ ...OURS, fleet: 'other' }) }));
    expect(shown(plan)).toEqual([
      "remove key: pipefleet's keys of pipefleet; the account stays, since another fleet uses it",
      `keep gate: ${GATE_PATH} stays: another fleet uses it`,
      `remove manifest: ${MANIFEST}`,
    ]);
  });

  test('keeps what a manifest may list that it cannot read', () => {
    const plan = removal(settledFacts({ [OTHER]: rootsFile('pipefleet-manifest 2\n') }));
    expect(shown(plan).map((line) => line.split(':', 1)[0])).toEqual([
      'remove key',
      'keep gate',
      'remove manifest',
    ]);
  });

  test('gives an account that was taken over back what it had', () => {
    const before = {
      shell: '/bin/bash',
      starred: true,
      home: '0:0:2755',
      ssh: '998:33:0700',
      keys: '998:998:0600',
    };
    const taken = { ...OURS, accounts: OURS.accounts.map((entry) => ({ ...entry, before })) };
    const [first] = removal(settledFacts({ [MANIFEST]: listing(taken) })).steps;
    expect(first?.detail).toBe(
      "pipefleet's keys of pipefleet, which gets back its home, its shell and its password",
    );
    expect(first?.script).not.toContain('userdel');
    expect(first?.script).toContain(`give ${HOME} 0:0 2755`);
    expect(first?.script).toContain(`give ${HOME}/.ssh 998:33 0700`);
    expect(first?.script).toContain(`finish ${KEYS} 998:998 0600`);
    expect(first?.script).toContain('another pipefleet uses the account');
  });

  test('takes nothing of an account that was about to be made when a run ended, and is not there', () => {
    const intended = { ...OURS, accounts: OURS.accounts.map((entry) => ({ ...entry, uid: undefined })) };
    const facts = settledFacts({ [MANIFEST]: listing(intended) }, { accounts: new Map() });
    expect(shown(removal(facts)).map((line) => line.split(':', 1)[0])).toEqual([
      'remove gate',
      'remove manifest',
    ]);
  });

  test('takes the group away when set-up has made it and it has no other members', () => {
    const group = { name: 'pipefleet-audit', made: true, members: ['pipefleet'] };
    const facts = (members: readonly string[], made = true): MachineFacts =>
      settledFacts(
        { [MANIFEST]: listing({ ...OURS, group: { ...group, made } }) },
        { groups: new Map([['pipefleet-audit', members]]) },
      );
    expect(shown(removal(facts(['pipefleet'])))[0]).toBe('remove group: pipefleet-audit');
    const kept = 'remove group: pipefleet from pipefleet-audit, which stays';
    expect(shown(removal(facts(['pipefleet', 'boss'])))[0]).toBe(kept);
    expect(shown(removal(facts(['pipefleet'], false)))[0]).toBe(kept);
  });

  test.each([
    [
      'the gate',
      settledFacts({ [GATE_PATH]: { text: '#!/bin/sh\nsh\n' } }),
      `somebody has changed ${GATE_PATH} since pipefleet wrote it`,
    ],
    [
      'the home',
      settledFacts({ [HOME]: { owner: '998:998' } }),
      'somebody has changed /var/lib/pipefleet since',
    ],
    [
      'the folder of keys',
      settledFacts({ [`${HOME}/.ssh`]: { what: 'link' } }),
      'somebody has changed /var/lib/pipefleet/.ssh since',
    ],
    ['the file of keys', settledFacts({ [KEYS]: { what: 'link' } }), `somebody has changed ${KEYS} since`],
    [
      'the account',
      settledFacts({}, { accounts: account({ uid: 1005 }) }),
      'somebody has made another account pipefleet since',
    ],
    [
      'an account that was about to be made when a run ended',
      settledFacts(
        {
          [MANIFEST]: listing({
            ...OURS,
            accounts: OURS.accounts.map((entry) => ({ ...entry, uid: undefined })),
          }),
        },
        { accounts: account({ comment: 'Peter' }) },
      ),
      'somebody has made another account pipefleet since',
    ],
    [
      'where its home is',
      settledFacts({}, { accounts: account({ home: '/' }) }),
      'somebody has given pipefleet another home (/) since',
    ],
  ])('is refused in one sentence where somebody has changed %s', (_what, facts, sentence) => {
    const { blockers } = removal(facts);
    expect(blockers).toHaveLength(1);
    expect(blockers[0]).toContain(sentence);
  });

  test('is refused where set-up has been at work and nothing lists it', () => {
    const sentence = expect.stringContaining('let pipefleet nodes setup list it first, or use --forget');
    expect(removal(settledFacts({ [MANIFEST]: undefined })).blockers).toEqual([sentence]);
    const adopted = settledFacts({ [MANIFEST]: undefined }, { accounts: account({ comment: 'Peter' }) });
    expect(removal(adopted).blockers).toEqual([sentence]);
  });

  test('is refused where another fleet alone lists the account, which may be this one under its lost name', () => {
    const facts = settledFacts({
      [MANIFEST]: undefined,
      [OTHER]: listing({ ...OURS, fleet: 'other' }),
    });
    expect(removal(facts)).toEqual({
      steps: [],
      blockers: [expect.stringContaining('put fleet_id: other into pipefleet.yml, else use --forget')],
    });
  });

  test('has nothing to do on a machine without any of it', () => {
    expect(removal(sketchFacts())).toEqual({ steps: [], blockers: [] });
    const others = sketchFacts({
      accounts: account({ comment: 'Peter', home: '/home/peter' }),
      places: new Map([['/home/peter', ROOTS_FOLDER]]),
    });
    expect(removal(others)).toEqual({ steps: [], blockers: [] });
  });
});
