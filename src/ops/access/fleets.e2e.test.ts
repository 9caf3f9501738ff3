import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { describeUnless } from '../../testing/describe-unless.js';
import { NO_MACHINES } from '../testing/machine.js';
import type { DesiredAccess, DesiredKey } from './desired.js';
import { digestOf } from './listed-file.js';
import { changesAnything } from './step.js';
import { type AccessOn, accessOn, FLEET, GATE, GATE_PATH } from './testing/access-on.js';

/** All that set-up may leave on a node. */
const LEFT = `ls -d /var/lib/pipefleet* /usr/local/lib/pipefleet /etc/sudoers.d/pipefleet* 2>/dev/null
grep -h pipefleet /etc/passwd /etc/group /etc/shadow || :`;

/** For the next test, when one has failed. */
const CLEAN = `userdel pipefleet 2>/dev/null; groupdel pipefleet-audit 2>/dev/null
rm -rf /var/lib/pipefleet* /usr/local/lib/pipefleet /etc/sudoers.d/pipefleet*`;

describeUnless(NO_MACHINES, 'a node', () => {
  let on: AccessOn;
  const run = (command: string): string => on.machine.run(command);

  beforeAll(async () => {
    on = await accessOn({ address: '127.0.20.7' });
  });
  afterAll(() => on.dispose());
  afterEach(() => {
    const left = run(LEFT);
    run(CLEAN);
    expect(left).toBe('');
  });

  const sudoers = (action: string): Partial<DesiredAccess> => ({
    sudoers: [`pipefleet ALL=(root) NOPASSWD: /usr/bin/systemctl ${action} pop.service`],
    audit: true,
  });

  async function setUp(desired: DesiredAccess): Promise<readonly string[]> {
    const done = await on.apply(await on.plan(desired));
    const again = await on.plan(desired);
    expect([again.blockers, changesAnything(again)]).toEqual([[], false]);
    return done;
  }
  const takeAway = async (desired?: DesiredAccess): Promise<readonly string[]> =>
    on.apply(await on.removal(desired));

  test('serves two fleets, of which neither takes anything from the other', async () => {
    const text = `${GATE}# of another version\n`;
    const theirKey: DesiredKey = {
      ...on.key,
      blob: 'AAAAtheirs',
      line: on.key.line.replace(on.key.blob, 'AAAAtheirs'),
    };
    const ours = on.desired(sudoers('stop'));
    const theirs = on.desired({
      ...sudoers('start'),
      fleet: 'theirs',
      accounts: [{ name: 'pipefleet', keys: [theirKey] }],
      gate: { path: GATE_PATH, version: '0.2.0', digest: digestOf(text), text },
    });
    await setUp(ours);
    expect(await setUp(theirs)).toEqual(['create manifest', 'change gate', 'create sudoers', 'change key']);
    expect(run('cat /var/lib/pipefleet/.ssh/authorized_keys')).toBe(`${on.key.line}\n${theirKey.line}\n`);
    expect(run('ls /etc/sudoers.d')).toContain(`pipefleet-${FLEET}\npipefleet-theirs\n`);
    expect(await on.ask('pipefleet', 'x')).toContain('purpose monitor');

    // Without its lines, ours takes away its own alone.
    expect(await setUp(on.desired())).toEqual(['change gate', 'remove sudoers', 'change manifest']);
    expect(run('ls /etc/sudoers.d')).toContain('pipefleet-theirs\n');
    expect(run('id -nG pipefleet').trim()).toBe('pipefleet pipefleet-audit');

    expect(await takeAway(ours)).toEqual(['remove key', 'remove manifest']);
    expect(run(`cat /var/lib/pipefleet/.ssh/authorized_keys ${GATE_PATH}`)).toBe(`${theirKey.line}\n${GATE}`);
    expect((await on.removal(theirs)).blockers).toEqual([
      expect.stringContaining(`somebody has changed ${GATE_PATH} since pipefleet wrote it`),
    ]);
    await setUp(theirs);
    expect(await takeAway(theirs)).toEqual([
      'remove group',
      'remove account',
      'remove sudoers',
      'remove gate',
      'remove manifest',
    ]);
  });

  test('that an earlier version has set up is listed by the next set-up, and can be taken away then', async () => {
    const lines = sudoers('stop').sudoers ?? [];
    run(`useradd --system --user-group --home-dir /var/lib/pipefleet --no-create-home --shell /bin/sh --comment 'pipefleet service account' --password '*' pipefleet
mkdir -p /var/lib/pipefleet/.ssh /usr/local/lib/pipefleet
printf '#!/bin/sh\\n# The gate of pipefleet 0.0.1: everything\\n' >${GATE_PATH}; chmod 755 ${GATE_PATH}
printf '# Written by pipefleet as a whole: pipefleet nodes setup writes it anew.\\n%s\\n' '${lines[0] ?? ''}' >/etc/sudoers.d/pipefleet
chmod 440 /etc/sudoers.d/pipefleet
cat >/var/lib/pipefleet/.ssh/authorized_keys <<'END'
${on.key.line}
END
`);
    const desired = on.desired({ sudoers: lines });
    expect((await on.removal(desired)).blockers).toEqual([
      expect.stringContaining('let pipefleet nodes setup list it first'),
    ]);
    expect(await setUp(desired)).toEqual([
      'create manifest',
      'change gate',
      'create sudoers',
      'remove sudoers',
    ]);
    await takeAway(desired);
  });

  test('on which a set-up was interrupted anywhere is set up by the next, and can be taken away at any time', async () => {
    const desired = on.desired(sudoers('stop'));
    const { steps } = await on.plan(desired);
    for (let done = 1; done < steps.length; done++) {
      const whole = await on.plan(desired);
      await on.apply({ ...whole, steps: whole.steps.slice(0, done) });
      if (done % 2 === 0) await setUp(desired);
      const removal = await on.removal(desired);
      expect(removal.blockers).toEqual([]);
      await on.apply(removal);
      expect(run(LEFT)).toBe('');
    }
  });

  test('keeps what others have put into the home, which no later set-up takes for its own', async () => {
    await setUp(on.desired());
    run('touch /var/lib/pipefleet/backup.stamp');
    const removal = await on.removal();
    expect(removal.steps[0]?.detail).toBe(
      'account pipefleet with its keys; /var/lib/pipefleet stays, since it holds backup.stamp',
    );
    await on.apply(removal);
    expect(run('ls -A /var/lib/pipefleet')).toBe('backup.stamp\n');
    expect((await on.plan()).blockers).toEqual([
      '/var/lib/pipefleet is there already on the node, and pipefleet has not made it; name another user in its credential, or move it away.',
    ]);
    run('rm -r /var/lib/pipefleet');
  });

  test('keeps an account that somebody else has keys for, and takes ours from it', async () => {
    await setUp(on.desired());
    run('echo "ssh-ed25519 AAAAother me" >>/var/lib/pipefleet/.ssh/authorized_keys');
    expect(await takeAway()).toEqual(['remove key', 'remove gate', 'remove manifest']);
    expect(run('cat /var/lib/pipefleet/.ssh/authorized_keys')).toBe('ssh-ed25519 AAAAother me\n');
    run('userdel pipefleet; rm -r /var/lib/pipefleet');
  });

  test('loses the programs of an account with it, also those that start others', async () => {
    await setUp(on.desired());
    run(`cat >/usr/local/bin/again <<'END'
#!/bin/sh
trap '' HUP TERM
while sleep 0.05; do :; done
END
chmod 755 /usr/local/bin/again
for i in 1 2 3; do setsid sudo -u pipefleet /usr/local/bin/again </dev/null >/dev/null 2>&1 & done; sleep 0.2`);
    await takeAway();
    expect(run('ps -eo args | grep "[a]gain" || :')).toBe('');
  });
});
