import { execFileSync } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BOSS_PASSWORD, type Machine, NO_MACHINES, startMachine } from '../ops/testing/machine.js';
import { freePort } from '../ssh/testing/sshd.js';
import { findTool } from '../stack/tools.js';
import { describeUnless } from '../testing/describe-unless.js';
import { type Ended, runPipefleet, startPipefleet } from './testing/exporter-process.js';
import { atTerminal } from './testing/terminal.js';

/** Machines that are taken in at once; all the same but for their addresses. */
const MANY = 100;

describeUnless(NO_MACHINES, 'taking nodes in', () => {
  let folder: string;
  const machines: Machine[] = [];
  const at = (name: string): string => join(folder, name);
  const config = (): string => readFileSync(at('pipefleet.yml'), 'utf8');

  function run(...args: string[]): Promise<Ended> {
    return runPipefleet(...args, '--config', at('pipefleet.yml'));
  }
  const login = (machine: Machine): string[] => [
    '--identity',
    machine.keyFile,
    '--known-hosts',
    at('console'),
  ];
  const destination = ({ address, port }: Machine, user = 'admin'): string => `${user}@${address}:${port}`;

  async function machine(
    address: string,
    options: Parameters<typeof startMachine>[0] = {},
  ): Promise<Machine> {
    const made = await startMachine({ address, ...options });
    machines.push(made);
    appendFileSync(at('console'), made.knownHost);
    return made;
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pipefleet registration '));
    process.env['XDG_STATE_HOME'] = at('state');
    writeFileSync(at('console'), '');
    await run('keys', 'generate', '--purpose', 'monitor', '--purpose', 'operate', '--dir', at('keys'));
  });

  afterAll(async () => {
    delete process.env['XDG_STATE_HOME'];
    await Promise.all(machines.map((each) => each.dispose()));
    rmSync(folder, { recursive: true, force: true });
  });

  describe('one', () => {
    let first: Machine;
    beforeAll(async () => {
      first = await machine('127.0.21.1');
    });

    test('is shown before, and nothing is changed by that', async () => {
      const before = config();
      const { code, stderr, stdout } = await run(
        'nodes',
        'add',
        destination(first),
        '--name',
        'fra-1',
        ...login(first),
        '--dry-run',
      );
      expect([stderr, code]).toEqual([
        expect.stringContaining('+ account  pipefleet, without a password'),
        0,
      ]);
      expect(stderr).toContain('+ key      pipefleet: monitor ssh-ed25519 SHA256:');
      expect(stdout).toBe('1 node: 1 planned\n');
      expect(config()).toBe(before);
      expect(first.run('id pipefleet 2>&1 || :')).toContain('no such user');
    });

    test('is refused without somebody who vouches for its host key', async () => {
      const { code, stderr } = await run(
        'nodes',
        'add',
        destination(first),
        '--identity',
        first.keyFile,
        '--yes',
      );
      expect([code, stderr]).toEqual([expect.any(Number), expect.stringContaining(first.hostKeyFingerprint)]);
      expect(code).not.toBe(0);
      expect(first.run('id pipefleet 2>&1 || :')).toContain('no such user');
    });

    test('is refused when the fingerprint that was given is another', async () => {
      const other = `SHA256:${'A'.repeat(43)}`;
      const { code, stderr } = await run(
        'nodes',
        'add',
        destination(first),
        '--identity',
        first.keyFile,
        '--host-key',
        other,
        '--yes',
      );
      expect([code !== 0, stderr]).toEqual([true, expect.stringContaining(first.hostKeyFingerprint)]);
    });

    test('is monitored in one command, by a key that can do nothing else', async () => {
      appendFileSync(at('pipefleet.yml'), '# The end of my notes.\n');
      const { code, stdout, stderr } = await run(
        'nodes',
        'add',
        destination(first),
        '--name',
        'fra-1',
        '--group',
        'eu',
        '--label',
        'region=eu-central',
        '--location',
        '50.11,8.68',
        '--identity',
        first.keyFile,
        '--host-key',
        first.hostKeyFingerprint,
        '--yes',
      );
      expect([stderr, code]).toEqual([expect.stringMatching(/fra-1: ready: the key reads \d+ series/), 0]);
      expect(stdout).toBe('1 node: 1 ready\n');
      expect(config()).toContain('# The end of my notes.');
      expect(config()).toMatch(/name: fra-1/);
      expect(config()).toMatch(/^fleet_id: f[0-9a-f]{15}$/m);

      const probe = await run('probe', 'fra-1');
      expect(probe.stdout).toContain('module node: up');
      const tested = await run('nodes', 'test', 'fra-1', '--json');
      const { nodes } = JSON.parse(tested.stdout) as {
        nodes: { proof: { attempts: { result: string }[]; gate: string } }[];
      };
      expect(nodes[0]?.proof.attempts.map(({ result }) => result)).toEqual(Array(10).fill('refused'));
      const audit = await run('audit', 'fra-1', '--json', '--fail-on', 'never');
      const { nodes: audited } = JSON.parse(audit.stdout) as {
        nodes: { checks: { check: string; result: string }[] }[];
      };
      const checks = new Map(audited[0]?.checks.map(({ check, result }) => [check, result]));
      expect(checks.get('monitor-account')).toBe('passed');
    });

    test('is right the second time, and mended when somebody has changed the gate', async () => {
      const again = await run(
        'nodes',
        'setup',
        'fra-1',
        '--login',
        'admin',
        '--identity',
        first.keyFile,
        '--yes',
      );
      expect(again.stderr).not.toMatch(/^ {2}[+~-] /m);
      first.run('echo "exec /bin/sh" >>/usr/local/lib/pipefleet/gate');
      const drifted = await run('probe', 'fra-1', '--module', 'inventory', '--metrics');
      expect(drifted.stdout).toMatch(/^pipefleet_gate_current 0$/m);
      const mended = await run(
        'nodes',
        'setup',
        'fra-1',
        '--login',
        'admin',
        '--identity',
        first.keyFile,
        '--yes',
      );
      expect([mended.stderr, mended.code]).toEqual([expect.stringContaining('~ gate'), 0]);
      expect((await run('probe', 'fra-1', '--module', 'inventory', '--metrics')).stdout).toMatch(
        /^pipefleet_gate_current 1$/m,
      );
    });

    test('gets a new key and forgets the old one', async () => {
      const login = ['--login', 'admin', '--identity', first.keyFile, '--yes'];
      const audited = await run('nodes', 'setup', 'fra-1', '--audit', ...login);
      expect([audited.stderr, audited.code]).toEqual([expect.stringContaining('+ group'), 0]);
      copyFileSync(at('keys/monitor'), at('stolen'));
      const rotated = await run(
        'keys',
        'rotate',
        'monitor',
        '--login',
        'admin',
        '--identity',
        first.keyFile,
        '--yes',
      );
      expect([rotated.stderr, rotated.code]).toEqual([expect.stringContaining('The new key is in use'), 0]);
      expect(readFileSync(at('keys/monitor'), 'utf8')).not.toBe(readFileSync(at('stolen'), 'utf8'));
      expect(first.run('grep -c monitor /var/lib/pipefleet/.ssh/authorized_keys').trim()).toBe('1');
      expect((await run('probe', 'fra-1')).stdout).toContain('module node: up');
      expect(first.run('cat /etc/sudoers.d/pipefleet-*')).toContain('%pipefleet-audit');
    });

    test('keeps both keys while one node cannot learn the new one, and goes on from there', async () => {
      const before = readFileSync(at('keys/monitor'), 'utf8');
      const whole = config();
      const dead = await freePort('127.0.21.9');
      writeFileSync(
        at('pipefleet.yml'),
        whole.replace(
          'nodes:\n',
          `nodes:\n  - { name: dead, host: 127.0.21.9, port: ${dead}, credential: monitor }\n`,
        ),
      );
      appendFileSync(
        at('known_hosts'),
        readFileSync(at('known_hosts'), 'utf8').replace(/^\S+/, `[127.0.21.9]:${dead}`),
      );
      const args = ['keys', 'rotate', 'monitor', '--login', 'admin', '--identity', first.keyFile, '--yes'];
      const stopped = await run(...args);
      expect([stopped.stderr, stopped.code]).toEqual([expect.stringContaining('Both keys stay'), 1]);
      expect(stopped.stderr).toContain('dead: UNREACHABLE');
      expect(readFileSync(at('keys/monitor'), 'utf8')).toBe(before);
      expect(first.run('grep -c monitor /var/lib/pipefleet/.ssh/authorized_keys').trim()).toBe('2');
      expect((await run('probe', 'fra-1')).stdout).toContain('module node: up');

      const next = readFileSync(at('keys/monitor.next'), 'utf8');
      const resumed = await run(...args, '--leave', '@failed');
      expect([resumed.stderr, resumed.code]).toEqual([expect.stringContaining('The new key is in use'), 0]);
      expect(readFileSync(at('keys/monitor'), 'utf8')).toBe(next);
      expect(first.run('grep -c monitor /var/lib/pipefleet/.ssh/authorized_keys').trim()).toBe('1');
      writeFileSync(at('pipefleet.yml'), whole);
    });

    test('lets a revoked key in no more', async () => {
      const revoked = await run(
        'keys',
        'revoke',
        'operate',
        '--login',
        'admin',
        '--identity',
        first.keyFile,
        '--yes',
      );
      expect([revoked.stderr, revoked.code]).toEqual([expect.stringContaining('would give the key back'), 0]);
    });

    test('whose host key has changed is refused until somebody has compared the new one', async () => {
      const known = readFileSync(at('known_hosts'), 'utf8');
      const strange = execFileSync(
        'sh',
        [
          '-c',
          `cut -d' ' -f3 "${at('keys/monitor.pub')}" >/dev/null; cut -d' ' -f2 "${at('keys/monitor.pub')}"`,
        ],
        { encoding: 'utf8' },
      ).trim();
      writeFileSync(at('known_hosts'), known.replace(/AAAA\S+/, strange));
      expect((await run('probe', 'fra-1')).stdout).toContain('The host key has CHANGED');

      const shown = await run('nodes', 'rekey', 'fra-1', '--dry-run');
      expect(shown.stdout).toContain(`presented  ssh-ed25519 ${first.hostKeyFingerprint}`);
      const refused = await run('nodes', 'rekey', 'fra-1');
      expect([refused.code !== 0, refused.stderr]).toEqual([
        true,
        expect.stringContaining('There is no terminal'),
      ]);
      const rekeyed = await run('nodes', 'rekey', 'fra-1', '--host-key', first.hostKeyFingerprint);
      expect([rekeyed.stderr, rekeyed.code]).toEqual([expect.any(String), 0]);
      expect(readFileSync(at('known_hosts'), 'utf8')).toMatch(
        /^# replaced \S+ by pipefleet nodes rekey fra-1: \[127\.0\.21\.1\]/m,
      );
      expect((await run('probe', 'fra-1')).stdout).toContain('module node: up');
    });

    test('can be shown, edited and listed, and the file keeps its form', async () => {
      const edited = await run(
        'nodes',
        'edit',
        'fra-1',
        '--label',
        'provider=example',
        '--label',
        'region-',
        '--group',
        'canary',
      );
      expect([edited.stderr, edited.code]).toEqual(['', 0]);
      expect(edited.stdout).toMatch(/^\+.*canary/m);
      expect(config()).toContain('# The end of my notes.');
      const shown = await run('nodes', 'show', 'fra-1');
      expect(shown.stdout).toContain(first.hostKeyFingerprint);
      expect(shown.stdout).toContain('provider=example');
      const listed = await run('nodes', 'list', 'group=canary,!region=*', '--json');
      expect(JSON.parse(listed.stdout)).toMatchObject([{ name: 'fra-1', labels: { provider: 'example' } }]);
      const keys = await run('keys', 'list');
      expect(keys.stdout).toMatch(/^monitor +monitor +pipefleet +ssh-ed25519 SHA256:\S+ +anywhere +\S+ +1$/m);
    });

    test('may stand behind a jump host, whose host key is verified on its own', async () => {
      const bastion = await machine('127.0.21.2');
      const hidden = await machine('127.0.21.3');
      appendFileSync(
        at('pipefleet.yml'),
        `jump_hosts:\n  bastion: { host: ${bastion.address}, port: ${bastion.port}, credential: jump }\n`,
      );
      writeFileSync(
        at('pipefleet.yml'),
        config().replace(
          'credentials:\n',
          `credentials:\n  jump: { user: admin, key_file: ${JSON.stringify(bastion.keyFile)}, purpose: operate }\n`,
        ),
      );
      const args = [
        'nodes',
        'add',
        destination(hidden),
        '--name',
        'hidden',
        '--jump',
        'bastion',
        '--credential',
        'monitor',
        ...login(hidden),
        '--yes',
      ];
      const stranger = await run(...args);
      expect([stranger.code !== 0, stranger.stderr]).toEqual([
        true,
        expect.stringMatching(/hidden: .*jump host bastion/),
      ]);
      const rekeyed = await run('nodes', 'rekey', 'bastion', '--jump', '--known-hosts', at('console'));
      expect([rekeyed.stderr, rekeyed.code]).toEqual([expect.any(String), 0]);
      const added = await run(...args);
      expect([added.stderr, added.code]).toEqual([expect.stringContaining('hidden: ready'), 0]);
      expect(bastion.log()).toMatch(/Accepted publickey for admin/);
      expect((await run('probe', 'hidden')).stdout).toContain('module node: up');
    });

    test('may come from the file of another tool, and is set up then', async () => {
      const imported = await machine('127.0.21.5');
      writeFileSync(
        at('hosts.ini'),
        `[edge]\nfrom-ansible ansible_host=${imported.address} ansible_port=${imported.port}\n`,
      );
      const written = await run(
        'nodes',
        'import',
        at('hosts.ini'),
        '--format',
        'ansible',
        '--credential',
        'monitor',
        '--yes',
      );
      expect([written.stderr, written.code]).toEqual([
        expect.stringContaining('pipefleet nodes setup from-ansible'),
        0,
      ]);
      const setup = await run(
        'nodes',
        'setup',
        'from-ansible',
        '--login',
        'admin',
        ...login(imported),
        '--yes',
      );
      expect([setup.stderr, setup.code]).toEqual([expect.stringContaining('from-ansible: ready'), 0]);
      expect((await run('probe', 'from-ansible')).stdout).toContain('module node: up');
    });

    test('asks at a terminal for what it needs, and shows no password', async () => {
      const console = await machine('127.0.21.4');
      const words = [
        'nodes',
        'add',
        destination(console, 'boss'),
        '--name',
        'asked',
        '--credential',
        'monitor',
        '--ask-password',
        '--ask-sudo-password',
        '--config',
        at('pipefleet.yml'),
      ];
      const { code, screen } = await atTerminal(words, [
        [/Is that the key of this host\?/, 'y\r'],
        [/Password for the login/, `${BOSS_PASSWORD}\r`],
        [/Password for sudo/, `${BOSS_PASSWORD}\r`],
        [/Set up 1 node\?/, 'y\r'],
      ]);
      expect([screen, code]).toEqual([expect.stringContaining('asked: ready'), 0]);
      expect(screen).toContain(console.hostKeyFingerprint);
      expect(screen).not.toContain(BOSS_PASSWORD);
      expect(readFileSync(at('known_hosts'), 'utf8')).toContain('[127.0.21.4]');
    });

    test('is left as it was when it is removed', async () => {
      const { code, stderr } = await run(
        'nodes',
        'remove',
        'fra-1',
        '--login',
        'admin',
        '--identity',
        first.keyFile,
        '--yes',
      );
      expect([stderr, code]).toEqual([expect.stringContaining('fra-1: access taken away'), 0]);
      expect(first.run('id pipefleet 2>&1 || :')).toContain('no such user');
      expect(
        first.run(
          'ls -d /usr/local/lib/pipefleet /var/lib/pipefleet* /etc/sudoers.d/pipefleet* 2>/dev/null || :',
        ),
      ).toBe('');
      expect(config()).not.toContain('fra-1');
      expect(config()).toContain('# The end of my notes.');
    });
  });

  describe(`${MANY}`, () => {
    let many: readonly Machine[];

    beforeAll(async () => {
      const keygen = await findTool('ssh-keygen');
      execFileSync(keygen, ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', at('identity')]);
      many = await Promise.all(
        Array.from({ length: MANY }, (_, index) =>
          machine(`127.0.22.${index + 1}`, {
            ...(index === 7 && { config: ['AllowUsers admin root'] }),
            keyFile: at('identity'),
          }),
        ),
      );
    });

    test('are taken in at once; who interrupts it loses nothing, and every failure has its reason', async () => {
      const dead = `admin@127.0.23.1:${await freePort('127.0.23.1')}`;
      const stranger = `nobody@${many[8]?.address ?? ''}:${many[8]?.port ?? 0}`;
      const destinations = many.filter((_, index) => index !== 8).map((each) => destination(each));
      const all = [...destinations, dead, stranger];
      const args = [
        'nodes',
        'add',
        ...all,
        '--yes',
        '--identity',
        at('identity'),
        '--known-hosts',
        at('console'),
      ];

      const child = startPipefleet(...args, '--config', at('pipefleet.yml'));
      await child.until(/\[20\/\d+\]/);
      child.kill('SIGINT');
      const interrupted = await child.ended;
      const written = [...config().matchAll(/name: 127\.0\.22\.\d+/g)].length;
      expect(interrupted.code).toBe(130);
      expect(written).toBeGreaterThan(5);
      expect(written).toBeLessThan(MANY);

      const known = new Set(
        [...config().matchAll(/host: (?<host>127\.0\.22\.\d+)/g)].map(({ groups }) => groups?.['host']),
      );
      const rest = all.filter((each) => !known.has(/@(?<host>[^:]+)/.exec(each)?.groups?.['host']));
      const resumed = await run(
        'nodes',
        'add',
        ...rest,
        '--yes',
        '--identity',
        at('identity'),
        '--known-hosts',
        at('console'),
        '--json',
      );
      const { nodes } = JSON.parse(resumed.stdout) as {
        nodes: { name: string; outcome: string; reason: string; message: string }[];
      };
      expect(
        nodes
          .filter(({ outcome }) => outcome !== 'ready')
          .map(({ name, outcome, reason }) => [name, outcome, reason]),
      ).toEqual([
        ['127.0.23.1', 'unreachable', 'connect'],
        ['127.0.22.8', 'blocked', 'blocked'],
        ['127.0.22.9', 'unreachable', 'auth'],
      ]);
      expect([...config().matchAll(/name: 127\.0\.22\.\d+/g)]).toHaveLength(MANY - 2);
    });
  });
});
