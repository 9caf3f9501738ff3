import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeUnless } from '../../testing/describe-unless.js';
import { NO_MACHINES } from '../testing/machine.js';
import { type AccessOn, accessOn } from './testing/access-on.js';

const ROUNDS = 8;
const SECRET = 'what only root may read';
const HOME = `userdel eve 2>/dev/null; groupdel eve 2>/dev/null; rm -rf /home/stop /home/eve /usr/local/lib/pipefleet
useradd -m -s /bin/bash eve; cd /home/eve; mkdir -m 700 .ssh; echo 'ssh-ed25519 AAAAeve eve' >.ssh/authorized_keys
ln -s /root/.ssh root; ln -s /etc/secret secret; mkfifo pipe; ln -s /etc/secret .ssh/secret; mkfifo .ssh/pipe
chown -hR eve: .ssh root secret pipe
`;

/** Goes on as eve, and says so at the end of what comes next. */
const AS_EVE = `
const { execFileSync } = require('node:child_process');
const [uid, gid] = ['-u', '-g'].map((word) => Number(execFileSync('id', [word, 'eve'])));
process.setgroups([]); process.setgid(gid); process.setuid(uid);
`;

/** Exchanges two names until it is told to stop, as fast as it can; `.ssh/…` is exchanged inside the folder that .ssh is at the start. */
function exchanging(first: string, second: string): string {
  return `
const { existsSync, renameSync } = require('node:fs');
process.chdir(${JSON.stringify(first)}.startsWith('.ssh/') ? '/home/eve/.ssh' : '/home/eve');
const [a, b] = ${JSON.stringify([first, second])}.map((name) => name.replace('.ssh/', ''));
const move = (from, to) => { try { renameSync(from, to); } catch {} };
setImmediate(() => {
  for (let turn = 1; turn % 100 || !existsSync('/home/stop'); turn++) {
    move(a, 'aside'); move(b, a); move(a, b); move('aside', a);
  }
  process.exit();
});
`;
}

describeUnless(NO_MACHINES, 'an account that exchanges its files while it is taken over', () => {
  let on: AccessOn;
  const run = (command: string): string => on.machine.run(command);
  const eve = () => on.desired({ accounts: [{ name: 'eve', keys: [on.key] }] });
  const witnesses = () =>
    run(
      "find /root/.ssh /etc/secret /home/boss /home/admin -print0 | sort -z | xargs -0 stat -c '%n %F %a %u:%g %h %s %Y'; sha256sum /root/.ssh/authorized_keys",
    );

  beforeAll(async () => {
    on = await accessOn({
      address: '127.0.20.6',
      prepare: `echo '${SECRET}' >/etc/secret; chmod 600 /etc/secret`,
    });
  });
  afterAll(() => on.dispose());

  async function startAs(program: string): Promise<ChildProcessByStdio<Writable, Readable, null>> {
    const code = `${AS_EVE}${program}require('node:fs').writeSync(1, 'begun');`;
    const [node = '', ...words] = on.machine.inside([process.execPath, '-e', code]);
    const child = spawn(node, words, { stdio: ['pipe', 'pipe', 'inherit'] });
    const begun: unknown[] = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
    expect(String(begun[0])).toBe('begun');
    return child;
  }
  async function stop(child: ChildProcess): Promise<void> {
    const ended = once(child, 'exit');
    run('touch /home/stop');
    await ended;
  }

  test('changes nothing any more by what it has open from before', async () => {
    run(HOME);
    const plan = await on.plan(eve(), true);
    const child = await startAs(`
const { linkSync, openSync, renameSync, writeFileSync, writeSync } = require('node:fs');
process.chdir('/home/eve/.ssh');
const file = openSync('authorized_keys', 'r+');
const folder = '/proc/self/fd/' + openSync('.');
process.stdin.once('data', () => {
  const attempts = {
    write: () => writeSync(file, 'ssh-ed25519 AAAAevil'),
    create: () => writeFileSync(folder + '/new', ''),
    rename: () => renameSync('authorized_keys', 'old'),
    exchange: () => renameSync('secret', folder + '/authorized_keys'),
    move: () => renameSync('/home/eve/.ssh', '/home/eve/ssh'),
    link: () => linkSync('authorized_keys', folder + '/other'),
  };
  for (const [name, attempt] of Object.entries(attempts)) {
    try { attempt(); console.log(name + ' done'); } catch (error) { console.log(name + ' ' + error.code); }
  }
  process.exit();
});
`);
    await on.apply(plan);
    const said = text(child.stdout);
    child.stdin.end('go\n');
    expect(await said).toBe(
      'write done\ncreate EACCES\nrename EACCES\nexchange EACCES\nmove EACCES\nlink EPERM\n',
    );
    expect(run('cat /home/eve/.ssh/authorized_keys')).toBe(`ssh-ed25519 AAAAeve eve\n${on.key.line}\n`);
  });

  test.each([
    ['.ssh', 'root', 'its folder and a link to that of root'],
    ['.ssh', 'pipe', 'its folder and a pipe'],
    ['.ssh/authorized_keys', '.ssh/secret', 'its keys and a link to a secret of root'],
    ['.ssh/authorized_keys', '.ssh/pipe', 'its keys and a pipe'],
  ])(
    '(%s, %s: %s) is taken over or not, and nothing else is touched, shown or waited for',
    async (first, second) => {
      const before = witnesses();
      for (let round = 0; round < ROUNDS; round++) {
        run(HOME);
        const early = round % 2 === 0 ? await on.plan(eve(), true) : undefined;
        const child = await startAs(exchanging(first, second));
        try {
          const found = await on.facts(eve());
          expect(JSON.stringify([...found.places])).not.toContain(SECRET);
          const plan = early ?? (await on.plan(eve(), true));
          const ended = await on.apply(plan).then(
            () => 'ready',
            (error: unknown) => String(error),
          );
          expect(ended).toMatch(/^ready$|^Error: (?:folder: |key: |On the node, ).*\/home\/eve\//);
        } finally {
          await stop(child);
        }
        expect(witnesses()).toBe(before);
        expect(run(`grep -rlsF --devices=skip '${SECRET}' /home /usr/local/lib/pipefleet || :`)).toBe('');
        expect(run('ps -eo user,args | grep "^root.*/home/eve" | grep -v grep || :')).toBe('');
      }
    },
    ROUNDS * 20_000,
  );
});
