import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { describeUnless } from '../../testing/describe-unless.js';
import { NO_MACHINES } from '../testing/machine.js';
import { type AccessOn, accessOn, FLEET, GATE_PATH } from './testing/access-on.js';

const SECRET = 'what only root may read';
/** Accounts and folders that are not ours: `boss` and root have keys of their own, and each a secret. */
const PREPARE = `echo '${SECRET}' >/etc/secret; chmod 600 /etc/secret
echo '${SECRET}' >/home/boss/secret; chown boss: /home/boss/secret; chmod 600 /home/boss/secret
echo 'what everybody may read' >/etc/open; chmod 644 /etc/open
mkdir -m 777 /var/open; mkdir -m 700 /home/boss/inner; chown boss: /home/boss/inner
`;

/** A snapshot of what set-up must never touch. */
const WITNESSES = `find /root/.ssh /home/boss /home/admin /etc/secret /etc/open /etc/sudoers /etc/sudoers.d /var/open -print0 |
sort -z | xargs -0 stat -c '%n %F %a %u:%g %s %Y'; sha256sum /root/.ssh/authorized_keys /home/boss/secret /etc/secret`;

/** Where the secrets are, of all that a set-up could have written. */
const LEAKS = `find /home /etc /root/.ssh /var/lib/pipefleet /usr/local/lib/pipefleet -xdev -type f -exec grep -lF '${SECRET}' {} + 2>/dev/null || :`;
const NO_LEAK = ['/etc/secret', '/home/boss/secret'];

describeUnless(NO_MACHINES, 'a node on which somebody has planted something', () => {
  let on: AccessOn;
  let witnesses: string;
  const run = (command: string): string => on.machine.run(command);

  beforeAll(async () => {
    on = await accessOn({ address: '127.0.20.5', prepare: PREPARE });
  });
  afterAll(() => on.dispose());
  beforeEach(() => {
    witnesses = run(WITNESSES);
  });
  afterEach(() => {
    expect(run(WITNESSES)).toBe(witnesses);
    const leaks = run(LEAKS).trim().split('\n').sort();
    expect(leaks.filter((path) => !path.startsWith('/home/eve/'))).toEqual(NO_LEAK);
  });

  describe('in the home of an account that is to be taken over', () => {
    const HOME = `userdel eve 2>/dev/null; groupdel eve 2>/dev/null; rm -rf /home/eve /usr/local/lib/pipefleet
useradd -m -s /bin/bash eve; chmod 700 /home/eve; cd /home/eve; mkdir -m 700 .ssh
echo 'ssh-ed25519 AAAAeve eve' >.ssh/authorized_keys; chmod 600 .ssh/authorized_keys; chown -R eve: .ssh
`;
    const eve = () => on.desired({ accounts: [{ name: 'eve', keys: [on.key] }] });

    /** What is planted, by eve or by somebody before her; the sentence about it; and whether it may be planted between look and work. */
    const PLANTED: readonly (readonly [string, string, string])[] = [
      [
        'a link for the keys to a file of root',
        'ln -sf /etc/secret .ssh/authorized_keys',
        'authorized_keys is a link',
      ],
      [
        'a link for the keys to the passwords',
        'ln -sf /etc/shadow .ssh/authorized_keys',
        'authorized_keys is a link',
      ],
      [
        'a link for the keys that leads nowhere',
        'ln -sf /etc/new .ssh/authorized_keys',
        'authorized_keys is a link',
      ],
      ['a link for .ssh to that of root', 'rm -r .ssh; ln -s /root/.ssh .ssh', '/home/eve/.ssh is a link'],
      [
        'a link for .ssh to that of another account',
        'rm -r .ssh; ln -s /home/admin/.ssh .ssh',
        '/home/eve/.ssh is a link',
      ],
      ['a link for .ssh to a folder of its own', 'mv .ssh ssh; ln -s ssh .ssh', '/home/eve/.ssh is a link'],
      [
        'a pipe for the keys',
        'rm .ssh/authorized_keys; mkfifo .ssh/authorized_keys',
        'authorized_keys is no file',
      ],
      [
        'a folder for the keys',
        'rm .ssh/authorized_keys; mkdir .ssh/authorized_keys',
        'authorized_keys is no file',
      ],
      ['a file for .ssh', 'rm -r .ssh; echo >.ssh', '/home/eve/.ssh is no folder'],
      ['a pipe for .ssh', 'rm -r .ssh; mkfifo .ssh', '/home/eve/.ssh is no folder'],
      [
        'another name of the secret of another account for the keys',
        'rm .ssh/authorized_keys; ln /home/boss/secret .ssh/authorized_keys',
        'authorized_keys belongs to another account than eve',
      ],
      [
        'a secret of root’s that was moved there for the keys',
        `rm .ssh/authorized_keys; echo '${SECRET}' >.ssh/authorized_keys; chown root: .ssh/authorized_keys; chmod 600 .ssh/authorized_keys`,
        'authorized_keys is for root alone',
      ],
      [
        'a folder of another account for .ssh',
        'rm -r .ssh; mkdir .ssh; chown boss: .ssh',
        '/home/eve/.ssh belongs to another account than eve',
      ],
      [
        'more than keys could ever be',
        'head -c 300000 /dev/zero >.ssh/authorized_keys',
        'authorized_keys is larger than 262144 bytes',
      ],
    ];

    test.each(PLANTED)('finds %s, and touches nothing', async (_what, plant, sentence) => {
      run(`${HOME}${plant}`);
      const before = run('find /home/eve -exec stat -c "%n %F %a %u:%g %s" {} +');
      const found = await on.facts(eve());
      expect(JSON.stringify([...found.places])).not.toContain(SECRET);
      const { blockers } = await on.plan(eve(), true);
      expect(blockers).toEqual([
        expect.stringMatching(
          /^On the node, \/home\/eve\/\S+ .*; put that right, or name another user in its credential\.$/,
        ),
      ]);
      expect(blockers[0]).toContain(sentence);
      expect(run('find /home/eve -exec stat -c "%n %F %a %u:%g %s" {} +')).toBe(before);
      expect(run('ls /usr/local/lib')).not.toContain('pipefleet');
    });

    test.each(PLANTED)('ends when it meets %s after the look', async (_what, plant, sentence) => {
      run(HOME);
      const plan = await on.plan(eve(), true);
      expect(plan.blockers).toEqual([]);
      run(`cd /home/eve; ${plant}`);
      await expect(on.apply(plan)).rejects.toThrow(
        // What belongs to whom is said by the file, which root's shell does not know by name.
        sentence.includes('belongs') ? /belongs to neither root nor its account/ : sentence,
      );
    });

    test.each([
      [
        'a link for the home',
        'cd /; mv /home/eve /home/eve-2; ln -s /home/eve-2 /home/eve',
        '/home/eve is a link',
      ],
      [
        'a home below a link',
        'ln -s /home /var/homes; usermod -d /var/homes/eve eve',
        '/var/homes is a link',
      ],
      [
        'a home in a folder of another account',
        'usermod -d /home/boss/inner/eve eve',
        '/home/boss does not belong to root',
      ],
      [
        'a home in a folder that everybody writes',
        'usermod -d /var/open/eve eve',
        '/var/open can be written by others than root',
      ],
      ['a home with a detour', 'usermod -d /home/../root/eve eve', '/home/../root is no plain absolute path'],
      [
        'a home of another account',
        'usermod -d /home/boss eve',
        '/home/boss belongs to another account than eve',
      ],
      ['a home of the system', 'usermod -d /usr/games eve', '/usr/games belongs to root and not to eve'],
      ['a home in a folder that is not there', 'usermod -d /nowhere/eve eve', '/nowhere does not exist'],
    ])('refuses %s', async (_what, plant, sentence) => {
      run(`${HOME}${plant}`);
      const { blockers } = await on.plan(eve(), true);
      expect(blockers).toEqual([expect.stringContaining(`On the node, ${sentence}`)]);
      run('rm -rf /home/eve-2 /home/eve /var/homes');
    });

    test.each([
      [
        'further keys of its own',
        'cp .ssh/authorized_keys .ssh/authorized_keys2; chown eve: .ssh/authorized_keys2',
        'authorized_keys2, from which sshd reads keys',
      ],
      [
        'a link for further keys',
        'ln -s ../keys .ssh/authorized_keys2',
        'authorized_keys2, from which sshd reads keys',
      ],
    ])('refuses %s before and after the look', async (_what, plant, sentence) => {
      run(HOME);
      const plan = await on.plan(eve(), true);
      expect(plan.blockers).toEqual([]);
      run(`cd /home/eve; ${plant}`);
      expect((await on.plan(eve(), true)).blockers).toEqual([expect.stringContaining(sentence)]);
      await expect(on.apply(plan)).rejects.toThrow(sentence);
    });

    test('refuses a disguised copy of a key, which only a look after the home has gone to root finds', async () => {
      run(`${HOME}printf 'ssh-ed25519 AAAAC3\\014Nza eve\\n' >.ssh/authorized_keys`);
      await expect(on.apply(await on.plan(eve(), true))).rejects.toThrow('holds control characters');
      expect((await on.plan(eve())).blockers).toEqual([expect.stringContaining('holds control characters')]);
    });

    test('refuses a home that it would have to open to a group that others share', async () => {
      run(`${HOME}usermod -g users eve; chgrp -R users /home/eve`);
      expect((await on.plan(eve(), true)).blockers).toEqual([
        expect.stringContaining('/home/eve is closed to a group that eve shares with others'),
      ]);
      run(`${HOME}usermod -aG eve boss`);
      expect((await on.plan(eve(), true)).blockers).toEqual([expect.stringContaining('shares with others')]);
      run('gpasswd -d boss eve >/dev/null');
    });

    test('gives back other groups, special bits and what was root’s', async () => {
      run(
        `${HOME}chgrp www-data /home/eve; chmod 2710 /home/eve; chown -R root:root .ssh; chmod 755 .ssh; chmod 644 .ssh/authorized_keys`,
      );
      const places = 'stat -c "%a %U %G" /home/eve /home/eve/.ssh /home/eve/.ssh/authorized_keys';
      const before = run(places);
      await on.apply(await on.plan(eve(), true));
      expect(run('stat -c "%a %U %G" /home/eve')).toBe('750 root eve\n');
      const removal = await on.removal(eve());
      run(`echo 'account eve 1 /home/eve' >/usr/local/lib/pipefleet/manifest-other`);
      await expect(on.apply(removal)).rejects.toThrow('another pipefleet uses the account eve by now');
      run('rm /usr/local/lib/pipefleet/manifest-other');
      await on.apply(removal);
      expect(run(places)).toBe(before);
    });

    test('takes over what is in order, and gives it back as it was', async () => {
      run(
        `${HOME}echo notes >notes; ln notes .ssh/notes; chown eve: notes; echo eve:secret | chpasswd -c SHA512`,
      );
      const tree = 'find /home/eve -exec stat -c "%n %F %a %u:%g %h" {} + | sort; cat .ssh/authorized_keys';
      const account = 'grep ^eve: /etc/passwd /etc/shadow';
      const before = [run(`cd /home/eve; ${tree}`), run(account)];
      const plan = await on.plan(eve(), true);
      expect(await on.apply(plan)).toEqual([
        'create manifest',
        'create gate',
        'change account',
        'change folder',
        'change key',
      ]);
      expect((await on.plan(eve())).steps.map(({ change }) => change)).toEqual(Array(5).fill('keep'));
      expect(run('cd /home/eve; stat -c "%a %u %G" . .ssh .ssh/authorized_keys')).toBe(
        '750 0 eve\n750 0 eve\n644 0 root\n',
      );
      expect(run('cat /home/eve/.ssh/authorized_keys')).toBe(`ssh-ed25519 AAAAeve eve\n${on.key.line}\n`);
      expect(run('stat -c "%a %U" /home/eve/notes')).toBe('644 eve\n');
      expect(await on.ask('eve', 'id')).toContain('purpose monitor, asked: id');

      const removal = await on.removal(eve());
      expect(removal.blockers).toEqual([]);
      expect(await on.apply(removal)).toEqual(['remove key', 'remove gate', 'remove manifest']);
      expect([run(`cd /home/eve; ${tree}`), run(account)]).toEqual(before);
    });
  });

  describe('in the place of what set-up makes', () => {
    afterEach(() => {
      run(
        'userdel pipefleet 2>/dev/null; groupdel pipefleet 2>/dev/null; rm -rf /usr/local/lib/pipefleet /var/lib/pipefleet /etc/sudoers.d/pipefleet*; chmod 755 /usr/local/lib',
      );
    });
    const sudoers = () =>
      on.desired({
        sudoers: ['pipefleet ALL=(root) NOPASSWD: /usr/bin/systemctl stop pop.service'],
        audit: true,
      });

    test.each([
      [
        'a home of somebody else',
        'install -d -o boss /var/lib/pipefleet',
        '/var/lib/pipefleet is there already',
      ],
      [
        'a home of root’s',
        'mkdir /var/lib/pipefleet; touch /var/lib/pipefleet/node.key',
        '/var/lib/pipefleet is there already',
      ],
      ['an empty home', 'mkdir /var/lib/pipefleet', '/var/lib/pipefleet is there already'],
      ['a home that is a link', 'ln -s /home/boss /var/lib/pipefleet', '/var/lib/pipefleet is there already'],
      [
        'a home that is a link to nothing',
        'ln -s /home/new /var/lib/pipefleet',
        '/var/lib/pipefleet is there already',
      ],
      ['a group of that name', 'groupadd pipefleet', 'a group pipefleet that pipefleet has not made'],
      ['an account of that name', 'useradd pipefleet', 'an account pipefleet that pipefleet has not made'],
      [
        'a gate of somebody else',
        'mkdir /usr/local/lib/pipefleet; echo mine >/usr/local/lib/pipefleet/gate',
        `${GATE_PATH} is there already, and pipefleet has not made it`,
      ],
      [
        'a gate that is a link',
        'mkdir /usr/local/lib/pipefleet; ln -s /etc/open /usr/local/lib/pipefleet/gate',
        `${GATE_PATH} is a link`,
      ],
      [
        'a gate that is a pipe',
        'mkdir /usr/local/lib/pipefleet; mkfifo /usr/local/lib/pipefleet/gate',
        `${GATE_PATH} is no file`,
      ],
      [
        'a folder of the gate that is a link',
        'ln -s /home/boss /usr/local/lib/pipefleet',
        '/usr/local/lib/pipefleet is a link',
      ],
      [
        'a folder of the gate of somebody else',
        'install -d -o boss /usr/local/lib/pipefleet',
        '/usr/local/lib/pipefleet does not belong to root',
      ],
      [
        'a folder above it that others write',
        'chmod 775 /usr/local/lib',
        '/usr/local/lib can be written by others than root',
      ],
      [
        'a list of what is ours that cannot be read',
        `mkdir /usr/local/lib/pipefleet; echo account root 0 / >/usr/local/lib/pipefleet/manifest-${FLEET}`,
        'no manifest that this version of pipefleet can read',
      ],
      [
        'a list of what is ours that is a link',
        `mkdir /usr/local/lib/pipefleet; ln -s /etc/open /usr/local/lib/pipefleet/manifest-${FLEET}`,
        'no manifest that this version of pipefleet can read',
      ],
    ])('refuses %s in one sentence', async (_what, plant, sentence) => {
      run(plant);
      const state =
        'find /usr/local/lib /var/lib/pipefleet -exec stat -c "%n %F %a %u:%g %h %Y" {} + | sort; grep pipefleet /etc/passwd /etc/group || :';
      const before = run(state);
      const { blockers } = await on.plan();
      expect(blockers).toHaveLength(1);
      expect(blockers[0]).toContain(sentence);
      expect(run(state)).toBe(before);
      const removal = await on.removal();
      expect(removal.steps).toEqual([]);
    });

    test.each([
      [
        'lines of sudoers of somebody else',
        `echo 'boss ALL=(ALL) ALL' >/etc/sudoers.d/pipefleet-${FLEET}`,
        'has not made it; move it away',
      ],
      ['lines of sudoers by a link', `ln -s /etc/open /etc/sudoers.d/pipefleet-${FLEET}`, 'is a link'],
      [
        'a group for the audit with somebody else in it',
        'groupadd pipefleet-audit; usermod -aG pipefleet-audit boss',
        'a group pipefleet-audit with boss',
      ],
      [
        'a group for the audit that is the own one of somebody else',
        'groupadd pipefleet-audit; useradd -g pipefleet-audit tom',
        'a group pipefleet-audit with tom',
      ],
    ])('refuses %s in one sentence', async (_what, plant, sentence) => {
      witnesses = run(`${plant}; ${WITNESSES}`);
      const { blockers } = await on.plan(sudoers());
      expect(blockers).toEqual([expect.stringContaining(sentence)]);
      run(
        'gpasswd -d boss pipefleet-audit >/dev/null 2>&1; userdel tom 2>/dev/null; groupdel pipefleet-audit 2>/dev/null; :',
      );
      run(`rm -f /etc/sudoers.d/pipefleet-${FLEET}`);
      witnesses = run(WITNESSES);
    });

    test.each([
      ['a home', 'install -d -o boss /var/lib/pipefleet', 'File exists'],
      ['a home by a link', 'ln -s /home/boss /var/lib/pipefleet', 'File exists'],
      [
        'a gate by a link',
        'mkdir /usr/local/lib/pipefleet; ln -s /etc/open /usr/local/lib/pipefleet/gate',
        `${GATE_PATH} is a link`,
      ],
      [
        'a folder of the gate',
        'ln -s /home/boss /usr/local/lib/pipefleet',
        '/usr/local/lib/pipefleet is a link',
      ],
      ['an account', 'useradd pipefleet', 'somebody made the account pipefleet meanwhile'],
    ])('ends when it meets %s after the look', async (_what, plant, sentence) => {
      const plan = await on.plan();
      run(plant);
      await expect(on.apply(plan)).rejects.toThrow(sentence);
      run('userdel pipefleet 2>/dev/null; rm -rf /var/lib/pipefleet');
    });
  });
});
