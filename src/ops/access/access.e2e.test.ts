import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { quote } from '../../core/shell.js';
import { findTool } from '../../stack/tools.js';
import { describeUnless } from '../../testing/describe-unless.js';
import { NO_MACHINES } from '../testing/machine.js';
import { changesAnything } from './step.js';
import { type AccessOn, accessOn, FLEET, GATE, GATE_PATH } from './testing/access-on.js';

/** Programs that steps use, and that a small system has from busybox; the busybox of Debian makes no accounts. */
const APPLETS = 'ash cat chmod chown cp grep head id ls mkdir mktemp mv rm rmdir sed sh stat uname';
const SYSTEMS = [
  ['dash and coreutils', '127.0.20.1', () => Promise.resolve('')],
  ['bash and coreutils', '127.0.20.3', () => Promise.resolve('ln -sf bash /usr/bin/sh')],
  [
    'busybox',
    '127.0.20.4',
    async () => `b=${quote(await findTool('busybox'))}
for name in ${APPLETS}; do "$b" rm -f /usr/bin/$name; "$b" cp "$b" /usr/bin/$name; done`,
  ],
] as const;

for (const [system, address, prepare] of SYSTEMS) {
  describeUnless(NO_MACHINES, `a bare machine with ${system}`, () => {
    let on: AccessOn;
    const run = (command: string): string => on.machine.run(command);

    beforeAll(async () => {
      on = await accessOn({ address, prepare: await prepare() });
    });
    afterAll(() => on.dispose());

    test('says what it is', async () => {
      const found = await on.facts(undefined, 'admin');
      expect(found.os).not.toBe('');
      expect(found.programs).toContain('useradd');
      expect(found.accounts.size).toBe(0);
      expect(found.sshd.get('pipefleet')?.get('pubkeyauthentication')).toEqual(['yes']);
    });

    test('gets the account, the gate and the key in one go, and nothing the second time', async () => {
      const first = await on.plan();
      expect(first.blockers).toEqual([]);
      expect(await on.apply(first, 'admin')).toEqual([
        'create manifest',
        'create gate',
        'create account',
        'create folder',
        'create key',
      ]);
      expect(changesAnything(await on.plan())).toBe(false);
      expect(run(`cat ${GATE_PATH}`)).toBe(GATE);
      expect(
        run('cd /var/lib/pipefleet; stat -c "%a %U" . .ssh .ssh/authorized_keys /usr/local/lib/pipefleet/*'),
      ).toBe('755 root\n755 root\n644 root\n755 root\n644 root\n');
      expect(run(`cat /usr/local/lib/pipefleet/manifest-${FLEET}`)).toContain(
        `account pipefleet ${run('id -u pipefleet').trim()} /var/lib/pipefleet\nkey pipefleet ${on.key.blob}\n`,
      );
    });

    test('lets the key in, and to the gate alone', async () => {
      expect(await on.ask('pipefleet', 'rm -rf /')).toBe(
        'purpose monitor, asked: rm -rf /\n$(not run) \\ \'"\n',
      );
    });

    test('keeps keys that somebody else has put there, and takes the open line from ours', async () => {
      const file = '/var/lib/pipefleet/.ssh/authorized_keys';
      const open = on.key.line.replace(/^.* ssh-/, 'ssh-');
      run(`printf '# mine\\nssh-ed25519 AAAAother me\\n${open}\\n\\nlast' >${file}; chmod 666 ${file}`);
      expect(await on.apply(await on.plan())).toEqual(['change key']);
      expect(run(`cat ${file}`)).toBe(`# mine\nssh-ed25519 AAAAother me\n\nlast\n${on.key.line}\n`);
      expect(changesAnything(await on.plan())).toBe(false);
      run(`echo ${JSON.stringify(on.key.line).replaceAll('$', '\\$')} >${file}`);
    });

    test('gets lines of sudoers that sudo has judged, and the group for the audit', async () => {
      const wanted = on.desired({
        sudoers: ['pipefleet ALL=(root) NOPASSWD: /usr/bin/systemctl restart popcache.service'],
        audit: true,
      });
      expect(await on.apply(await on.plan(wanted))).toEqual([
        'change manifest',
        'create group',
        'create sudoers',
      ]);
      expect(changesAnything(await on.plan(wanted))).toBe(false);
      expect(run('id -nG pipefleet').trim()).toBe('pipefleet pipefleet-audit');

      const broken = await on.plan(
        on.desired({ sudoers: ['pipefleet ALL=(root NOPASSWD: oops'], audit: true }),
      );
      await expect(on.apply(broken)).rejects.toThrow('sudo refuses the lines');
      expect(run(`cat /etc/sudoers.d/pipefleet-${FLEET}`)).toContain('popcache.service');
      expect(run('ls -A /etc/sudoers.d')).not.toContain('.pipefleet.');
    });

    test('is as it was when access has been taken away', async () => {
      run('setsid sudo -u pipefleet sleep 1000 </dev/null >/dev/null 2>&1 &');
      const removal = await on.removal();
      expect(removal.blockers).toEqual([]);
      expect(await on.apply(removal)).toEqual([
        'remove group',
        'remove account',
        'remove sudoers',
        'remove gate',
        'remove manifest',
      ]);
      expect(run('id pipefleet 2>&1 || true')).toMatch(/no such user|unknown user/);
      expect(run('grep -c pipefleet /etc/passwd /etc/group /etc/shadow || :')).toBe(
        '/etc/passwd:0\n/etc/group:0\n/etc/shadow:0\n',
      );
      expect(
        run(
          'ls -d /var/lib/pipefleet /usr/local/lib/pipefleet /etc/sudoers.d/pipefleet* 2>/dev/null || true',
        ),
      ).toBe('');
      expect((await on.removal()).steps).toEqual([]);
    });
  });
}
