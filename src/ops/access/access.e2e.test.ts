import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createLogger } from '../../core/logger.js';
import type { Node } from '../../inventory/node.js';
import { sketchCredential, sketchNode } from '../../inventory/testing/sketches.js';
import { Pool } from '../../ssh/pool.js';
import { findTool } from '../../stack/tools.js';
import { describeUnless } from '../../testing/describe-unless.js';
import { createOperatorCredentials } from '../login/operator-credentials.js';
import { type RootResult, runAsRoot } from '../login/run-as-root.js';
import { BOSS_PASSWORD, type Machine, NO_MACHINES, startMachine } from '../testing/machine.js';
import { applyScript, readApplied } from './apply.js';
import type { DesiredAccess } from './desired.js';
import type { MachineFacts } from './facts.js';
import { factsScript, readFacts } from './facts-script.js';
import { changesAnything, factsFor, planAccess, planRemoval, type Plan } from './plan.js';

const GATE_PATH = '/usr/local/lib/pipefleet/gate';
const GATE = `#!/bin/sh
echo "purpose $1, asked: $SSH_ORIGINAL_COMMAND"
cat <<'END_OF_FILE'
$(not run) \\ '"
END_OF_FILE
`;
const LIMITS = {
  concurrentLogins: 8,
  dialTimeoutSeconds: 120,
  keepaliveSeconds: 15,
  idleSeconds: 600,
  connectionAgeSeconds: 3600,
};

describeUnless(NO_MACHINES, 'a bare machine', () => {
  let machine: Machine;
  let folder: string;
  let publicKey: string;
  const pools: Pool[] = [];

  beforeAll(async () => {
    machine = await startMachine({ address: '127.0.20.1' });
    folder = mkdtempSync(join(tmpdir(), 'pipefleet-access-'));
    writeFileSync(join(folder, 'known_hosts'), machine.knownHost);
    const keygen = await findTool('ssh-keygen');
    execFileSync(keygen, ['-q', '-t', 'ed25519', '-N', '', '-C', 'monitor', '-f', join(folder, 'monitor')]);
    publicKey = readFileSync(join(folder, 'monitor.pub'), 'utf8').trim();
  });

  afterAll(async () => {
    for (const pool of pools) pool.close();
    await machine.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  function nodeFor(user: string): Node {
    return sketchNode({
      host: machine.address,
      port: machine.port,
      credential: sketchCredential({ user, keyFile: join(folder, 'monitor') }),
      knownHosts: [join(folder, 'known_hosts')],
    });
  }

  function asRoot(user: string, script: string, password?: string): Promise<RootResult> {
    const credentials = createOperatorCredentials({
      identities: user === 'boss' ? [] : [machine.keyFile],
      agent: undefined,
      home: folder,
      password,
      passphrase: undefined,
    });
    const pool = new Pool({ limits: LIMITS, logger: createLogger('silent'), credentials });
    pools.push(pool);
    const exec = pool.execFor(nodeFor(user));
    return runAsRoot(exec, script, { user, sudoPassword: password, timeoutSeconds: 20 });
  }

  async function facts(user = 'root', accounts = ['pipefleet']): Promise<MachineFacts> {
    const result = await asRoot(user, factsScript(factsFor(accounts, GATE_PATH)));
    if (!result.ok) throw new Error(result.message);
    const found = readFacts(result.stdout);
    if (found === undefined) throw new Error(result.stdout + result.stderr);
    return found;
  }

  async function apply(plan: Plan, user = 'root'): Promise<readonly string[]> {
    const result = await asRoot(user, applyScript(plan));
    if (!result.ok) throw new Error(result.message);
    const applied = readApplied(plan, result.stdout);
    if (applied === undefined || applied.failed !== undefined) throw new Error(result.stdout + result.stderr);
    return applied.done.map(({ change, subject }) => `${change} ${subject}`);
  }

  const desired = (parts: Partial<DesiredAccess> = {}): DesiredAccess => ({
    accounts: [
      {
        name: 'pipefleet',
        keys: [
          {
            purpose: 'monitor',
            line: `restrict,command="${GATE_PATH} monitor" ${publicKey}`,
            blob: publicKey.split(' ')[1] ?? '',
            fingerprint: 'ssh-ed25519 SHA256:test',
          },
        ],
      },
    ],
    gate: {
      path: GATE_PATH,
      version: '0.1.0',
      digest: createHash('sha256').update(GATE).digest('hex'),
      text: GATE,
    },
    sudoers: [],
    audit: false,
    ...parts,
  });
  const plan = async (wanted: DesiredAccess): Promise<Plan> =>
    planAccess(wanted, await facts(), { adopt: false });

  test('says what it is', async () => {
    const found = await facts('admin');
    expect(found.os).not.toBe('');
    expect(found.programs).toContain('useradd');
    expect(found.accounts.size).toBe(0);
    expect(found.sshd.get('pipefleet')?.get('pubkeyauthentication')).toEqual(['yes']);
  });

  test('gets the account, the gate and the key in one go, and nothing the second time', async () => {
    const first = await plan(desired());
    expect(first.blockers).toEqual([]);
    expect(await apply(first, 'admin')).toEqual([
      'create gate',
      'create account',
      'create folder',
      'create key',
    ]);
    expect(changesAnything(await plan(desired()))).toBe(false);
    expect(machine.run(`cat ${GATE_PATH}`)).toBe(GATE);
    expect(machine.run('stat -c "%a %U" /var/lib/pipefleet/.ssh/authorized_keys /var/lib/pipefleet')).toBe(
      '644 root\n755 root\n',
    );
  });

  test('lets the key in, and to the gate alone', async () => {
    const pool = new Pool({ limits: LIMITS, logger: createLogger('silent') });
    pools.push(pool);
    const result = await pool.execFor(nodeFor('pipefleet')).exec('rm -rf /', {
      signal: AbortSignal.timeout(120_000),
      maxOutputBytes: 10_000,
    });
    expect(result.message).toBe('');
    expect(result.stdout).toBe('purpose monitor, asked: rm -rf /\n$(not run) \\ \'"\n');
  });

  test('keeps keys that somebody else has put there, and takes the open line from ours', async () => {
    const file = '/var/lib/pipefleet/.ssh/authorized_keys';
    machine.run(`printf '# mine\\nssh-ed25519 AAAAother me\\n${publicKey}\\n' >${file}; chmod 666 ${file}`);
    expect(await apply(await plan(desired()))).toEqual(['change key']);
    expect(machine.run(`cat ${file}`)).toBe(
      `# mine\nssh-ed25519 AAAAother me\n${desired().accounts[0]?.keys[0]?.line ?? ''}\n`,
    );
  });

  test('gets lines of sudoers that sudo has judged, and the group for the audit', async () => {
    const wanted = desired({
      sudoers: ['pipefleet ALL=(root) NOPASSWD: /usr/bin/systemctl restart popcache.service'],
      audit: true,
    });
    expect(await apply(await plan(wanted))).toEqual(['create group', 'create sudoers']);
    expect(changesAnything(await plan(wanted))).toBe(false);
    expect(machine.run('id -nG pipefleet').trim()).toBe('pipefleet pipefleet-audit');

    const broken = await plan(desired({ sudoers: ['pipefleet ALL=(root NOPASSWD: oops'] }));
    await expect(apply(broken)).rejects.toThrow('sudo refuses the lines');
    expect(machine.run('cat /etc/sudoers.d/pipefleet')).toContain('popcache.service');
    expect(machine.run('ls -A /etc/sudoers.d')).not.toContain('.pipefleet.');
  });

  test('is taken over by nobody unasked', async () => {
    const [account] = desired().accounts;
    const other = desired({ accounts: [{ name: 'admin', keys: account?.keys ?? [] }] });
    const found = await facts('root', ['admin']);
    expect(planAccess(other, found, { adopt: false }).blockers).toEqual([
      'The node has an account admin that pipefleet has not made; name another user in its credential, or take it over with --adopt, which gives its home to root.',
    ]);
    const root = desired({ accounts: [{ name: 'root', keys: account?.keys ?? [] }] });
    expect(planAccess(root, await facts('root', ['root']), { adopt: true }).blockers).toEqual([
      'root is root on the node, which no key of pipefleet may be; name another user in its credential.',
    ]);
  });

  test('takes a password for the login and for sudo, which no process shows', async () => {
    const script =
      'id -u; grep -lsa "correct horse" /proc/[0-9]*/cmdline /proc/[0-9]*/environ || echo nowhere';
    expect(await asRoot('boss', script, BOSS_PASSWORD)).toMatchObject({ ok: true, stdout: '0\nnowhere\n' });
    expect(await asRoot('boss', script, 'wrong')).toMatchObject({ ok: false, reason: 'auth' });
  });

  test('is as it was when access has been taken away', async () => {
    const found = await facts();
    const removal = planRemoval(['pipefleet'], GATE_PATH, found);
    expect(await apply(removal)).toEqual(['remove account', 'remove sudoers', 'remove gate']);
    expect(machine.run('id pipefleet 2>&1 || true')).toContain('no such user');
    expect(machine.run('ls -d /var/lib/pipefleet /usr/local/lib/pipefleet 2>/dev/null || true')).toBe('');
    expect(planRemoval(['pipefleet'], GATE_PATH, await facts()).steps).toEqual([]);
  });
});
