import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createLogger } from '../../core/logger.js';
import { sketchCredential, sketchNode } from '../../inventory/testing/sketches.js';
import { Pool } from '../../ssh/pool.js';
import { describeUnless } from '../../testing/describe-unless.js';
import { BOSS_PASSWORD, type Machine, NO_MACHINES, startMachine } from '../testing/machine.js';
import { createOperatorCredentials } from './operator-credentials.js';
import { type RootResult, runAsRoot } from './run-as-root.js';

const LIMITS = {
  concurrentLogins: 8,
  dialTimeoutSeconds: 120,
  keepaliveSeconds: 15,
  idleSeconds: 600,
  connectionAgeSeconds: 3600,
};

/** What sudo lets each account do. All have the password of boss, and settings of sudo that a node may have. */
const SUDOERS = `Defaults logfile=/var/log/sudo.log, log_input, log_output, !compress_io, use_pty
Defaults:fresh timestamp_timeout=0
Defaults:shared timestamp_type=global
Defaults:strict requiretty
Defaults:once passwd_tries=1
Defaults:root-s rootpw
free ALL=(ALL) NOPASSWD: ALL
partly ALL=(ALL) ALL, NOPASSWD: /bin/sh
other ALL=(ALL) ALL, NOPASSWD: /usr/bin/true
fresh ALL=(ALL) ALL
shared ALL=(ALL) ALL
strict ALL=(ALL) ALL
once ALL=(ALL) ALL
wrapped ALL=(ALL) NOPASSWD: ALL
asked ALL=(ALL) ALL
root-s ALL=(ALL) ALL
`;
const ACCOUNTS = [...SUDOERS.matchAll(/^(?<name>[a-z-]+) ALL/gm)].map(({ groups }) => groups?.['name'] ?? '');

/** A program in the place of sudo that shows the arguments of two accounts and keeps what comes by their standard input. */
const WRAPPER = `#!/bin/sh
case $(id -un) in wrapped|asked) ;; *) exec /usr/bin/sudo "$@" ;; esac
set -x
: running: "$@"
tee -a /var/lib/wrapper/$(id -un) | /usr/bin/sudo "$@"
`;

const PREPARE = `cat >>/etc/sudoers.new <<'END'
${SUDOERS}END
cat /etc/sudoers /etc/sudoers.new >/etc/sudoers.all; cat /etc/sudoers.all >/etc/sudoers; rm /etc/sudoers.new /etc/sudoers.all
for name in ${ACCOUNTS.join(' ')} nobody-s; do
useradd -m -s /bin/bash $name
echo "$name:${BOSS_PASSWORD}" | chpasswd -c SHA512
done
mkdir -m 777 /var/lib/wrapper
cat >/usr/sbin/sudo <<'END'
${WRAPPER}END
chmod 755 /usr/sbin/sudo
for name in wrapped asked; do
mkdir -p /home/$name/bin
printf '#!/bin/sh\\ntouch /var/lib/wrapper/by-path\\n' >/home/$name/bin/sudo
chmod 755 /home/$name/bin/sudo
printf 'PATH=~/bin:$PATH\\necho Welcome to this machine\\n%s' "$(cat /home/$name/.bashrc)" >/home/$name/.bashrc
done
`;

describeUnless(NO_MACHINES, 'a script for root', () => {
  let machine: Machine;
  let folder: string;
  const pools: Pool[] = [];

  beforeAll(async () => {
    machine = await startMachine({ address: '127.0.20.2', prepare: PREPARE });
    folder = mkdtempSync(join(tmpdir(), 'pipefleet-root-'));
    writeFileSync(join(folder, 'known_hosts'), machine.knownHost);
  });

  afterAll(async () => {
    for (const pool of pools) pool.close();
    await machine.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  const SCRIPT = `id -u
grep -lsaF ${BOSS_PASSWORD.slice(0, 7)}'${BOSS_PASSWORD.slice(7)}' /proc/[0-9]*/cmdline /proc/[0-9]*/environ || echo nowhere
`;

  function run(user: string, sudoPassword: string | undefined, script = SCRIPT): Promise<RootResult> {
    const credentials = createOperatorCredentials({
      identities: [],
      agent: undefined,
      home: folder,
      password: BOSS_PASSWORD,
      passphrase: undefined,
    });
    const pool = new Pool({ limits: LIMITS, logger: createLogger('silent'), credentials });
    pools.push(pool);
    const exec = pool.execFor(
      sketchNode({
        host: machine.address,
        port: machine.port,
        credential: sketchCredential({ user }),
        knownHosts: [join(folder, 'known_hosts')],
      }),
    );
    return runAsRoot(exec, script, { user, sudoPassword, timeoutSeconds: 30 });
  }

  const RAN = { ok: true, stdout: '0\nnowhere\n', stderr: '' };

  test.each([
    ['that asks for it', 'other'],
    ['that asks for none', 'free'],
    ['that asks for none before /bin/sh alone', 'partly'],
    ['that remembers no answer', 'fresh'],
    ['that remembers an answer for every session', 'shared'],
    ['that asks once', 'once'],
  ])('runs when the password for sudo was given to a sudo %s', async (_what, user) => {
    expect(await run(user, BOSS_PASSWORD)).toMatchObject(RAN);
    expect(await run(user, BOSS_PASSWORD)).toMatchObject(RAN);
  });

  test('runs without a password where sudo needs none, also before /bin/sh alone', async () => {
    expect(await run('free', undefined)).toMatchObject(RAN);
    expect(await run('partly', undefined)).toMatchObject(RAN);
  });

  test.each([
    ['without a password', 'other', undefined, 'asks for the password of other; use --ask-sudo-password'],
    ['with a wrong password', 'other', 'wrong', 'refuses the password of other.'],
    ['with a wrong password that may be given once', 'once', 'wrong', 'refuses the password of once.'],
    [
      'with a password of the account where sudo wants root’s',
      'root-s',
      BOSS_PASSWORD,
      'refuses the password',
    ],
    [
      'by an account that may not',
      'nobody-s',
      BOSS_PASSWORD,
      'sudo refuses nobody-s; it said: nobody-s is not in the sudoers',
    ],
    ['without a terminal that sudo insists on', 'strict', BOSS_PASSWORD, 'you must have a tty'],
  ])('does not run %s', async (_what, user, password, sentence) => {
    const result = await run(user, password, 'touch /run/it-ran\n');
    expect(result).toMatchObject({ ok: false, reason: 'sudo', message: expect.stringContaining(sentence) });
    expect(machine.run('ls /run/it-ran 2>/dev/null || :')).toBe('');
  });

  test('is not asked for the password by a program in the place of sudo that shows its arguments', async () => {
    expect(await run('wrapped', BOSS_PASSWORD)).toMatchObject({ ok: true, stdout: '0\nnowhere\n' });
    expect(machine.run('cat /var/lib/wrapper/wrapped')).toBe(SCRIPT);
    expect(await run('asked', BOSS_PASSWORD)).toMatchObject({ ok: true, stdout: '0\nnowhere\n' });
    expect(machine.run('cat /var/lib/wrapper/asked')).toBe(`${BOSS_PASSWORD}\n${SCRIPT}`);
    expect(machine.run('ls /var/lib/wrapper')).toBe('asked\nwrapped\n');
    machine.run('rm /var/lib/wrapper/*');
  });

  test('leaves no password in a log, a history or a file of the node, and no answer that sudo remembers', async () => {
    expect(machine.run('grep -c "COMMAND=/bin/sh" /var/log/sudo.log').trim()).not.toBe('0');
    const filesWith = (text: string): string =>
      machine.run(
        `find /etc /home /root /run /var -xdev -type f -newer /etc/ssh/sshd_config -exec grep -laF '${text}' {} + || :`,
      );
    // sudo has written down what the scripts read, and not what it read itself.
    expect(filesWith('echo nowhere')).toContain('/var/log/sudo-io/');
    expect(filesWith(BOSS_PASSWORD)).toBe('');
    expect(machine.log()).not.toContain(BOSS_PASSWORD);
    expect(await run('shared', undefined)).toMatchObject({ ok: false, reason: 'sudo' });
  });
});
