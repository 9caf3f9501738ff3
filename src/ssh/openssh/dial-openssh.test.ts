import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Credential, JumpHost, Node } from '../../inventory/node.js';
import { findTool } from '../../stack/tools.js';
import { freePort, type Sshd } from '../testing/sshd.js';
import { exec, realNodes, type RealNode } from '../testing/real-nodes.js';

const { start, newPool, atEnd } = realNodes();

const sshd = (config: readonly string[] = [], credential: Partial<Credential> = {}): Promise<RealNode> =>
  start({ config }, { backend: 'openssh', ...credential });

/** A node with other parts in its credential. */
const withCredential = (node: Node, parts: Partial<Credential>): Node => ({
  ...node,
  credential: { ...node.credential, ...parts },
});

/** A server as a jump host that is logged in to with its own key. */
function jumpHost(name: string, { server, node }: RealNode, via: readonly JumpHost[] = []): JumpHost {
  return {
    name,
    host: server.address,
    port: server.port,
    credential: node.credential,
    via,
    concurrentDials: 8,
  };
}

/** Lets the known_hosts of one server vouch for others too. */
function vouchFor(server: Sshd, ...others: readonly Sshd[]): void {
  const files = [server, ...others].map(({ knownHosts }) => readFileSync(knownHosts, 'utf8'));
  writeFileSync(server.knownHosts, files.join(''));
}

async function keygen(...args: readonly string[]): Promise<void> {
  execFileSync(await findTool('ssh-keygen'), args, { stdio: 'ignore' });
}

/** Processes below this one that run ssh, with their command lines. */
function clients(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return line.includes(`pipefleet-ssh-`) && isOurs(pid) ? [line] : [];
      } catch {
        return [];
      }
    });
}

function isOurs(pid: string): boolean {
  for (let at = pid; at !== '1' && at !== '0' && at !== '';) {
    if (at === String(process.pid)) return true;
    at =
      /^PPid:\s+(?<parent>\d+)$/m.exec(readFileSync(`/proc/${at}/status`, 'utf8'))?.groups?.['parent'] ?? '';
  }
  return false;
}

const folders = (): string[] =>
  readdirSync(tmpdir())
    .filter((name) => name.startsWith('pipefleet-ssh-'))
    .filter((name) => {
      const owner = join(tmpdir(), name, 'owner');
      return existsSync(owner) && readFileSync(owner, 'utf8').startsWith(`${process.pid} `);
    });

const descriptors = (): number => readdirSync('/proc/self/fd').length;

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('the backend openssh', () => {
  test('logs in with a certificate, which ssh2 cannot', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pipefleet-ca-'));
    atEnd(() => rmSync(folder, { recursive: true }));
    const [ca, key] = [join(folder, 'ca'), join(folder, 'key')];
    await keygen('-q', '-t', 'ed25519', '-N', '', '-f', ca);
    await keygen('-q', '-t', 'ed25519', '-N', '', '-f', key);
    await keygen('-q', '-s', ca, '-I', 'monitor', '-n', 'pipefleet', '-V', '+5m', `${key}.pub`);
    const { node, pool } = await sshd([`TrustedUserCAKeys "${ca}.pub"`]);
    const certified = withCredential(node, { keyFile: key, certificateFile: `${key}-cert.pub` });
    expect(await exec(pool, certified, 'echo certified')).toMatchObject({ stdout: 'certified\n' });

    const passphrase = join(folder, 'passphrase');
    writeFileSync(passphrase, 'correct horse', { mode: 0o600 });
    await keygen('-q', '-p', '-P', '', '-N', 'correct horse', '-f', key);
    const locked = withCredential(certified, { passphrase: { file: passphrase } });
    expect(await exec(pool, locked, 'echo unlocked')).toMatchObject({ stdout: 'unlocked\n' });

    await keygen('-q', '-s', ca, '-I', 'late', '-n', 'pipefleet', '-V', '-2h:-1h', `${key}.pub`);
    const late = await exec(newPool(), locked, 'true');
    expect(late.reason).toBe('auth');
    expect(late.message).toContain('is its certificate still valid');
    const missing = withCredential(node, { certificateFile: join(folder, 'none-cert.pub') });
    expect(await exec(pool, missing, 'true')).toMatchObject({ reason: 'credential' });
  });

  test('accepts a host by the certificate of its authority', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pipefleet-ca-'));
    atEnd(() => rmSync(folder, { recursive: true }));
    const [ca, host] = [join(folder, 'ca'), join(folder, 'host')];
    await keygen('-q', '-t', 'ed25519', '-N', '', '-f', ca);
    await keygen('-q', '-t', 'ed25519', '-N', '', '-f', host);
    const port = await freePort();
    const name = `[127.0.0.1]:${port}`;
    await keygen('-q', '-s', ca, '-I', 'host', '-h', '-n', name, '-V', '+5m', `${host}.pub`);
    const config = [`HostKey "${host}"`, `HostCertificate "${host}-cert.pub"`];
    const { server, node, pool } = await start({ port, config }, { backend: 'openssh' });
    writeFileSync(server.knownHosts, `@cert-authority ${name} ${readFileSync(`${ca}.pub`, 'utf8')}`);
    expect(await exec(pool, node, 'echo vouched')).toMatchObject({ stdout: 'vouched\n' });
  });

  test.each([
    ['ecdsa', '256'],
    ['ecdsa', '521'],
    ['rsa', '2048'],
  ])('signs with an encrypted %s key of %s bits, and shows its passphrase to nobody', async (type, bits) => {
    const { server, node, pool } = await sshd();
    const key = join(server.folder, 'locked');
    await keygen('-q', '-t', type, '-b', bits, '-N', 'correct horse', '-f', key);
    writeFileSync(join(server.folder, 'authorized_keys'), readFileSync(`${key}.pub`));
    process.env['PIPEFLEET_TEST_PASSPHRASE'] = 'correct horse';
    atEnd(() => delete process.env['PIPEFLEET_TEST_PASSPHRASE']);
    const passphrase = { environment: 'PIPEFLEET_TEST_PASSPHRASE' };
    const locked = withCredential(node, { keyFile: key, passphrase });
    expect(await exec(pool, locked, 'echo signed')).toMatchObject({ stdout: 'signed\n' });
    const shown = readdirSync('/proc').flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'latin1');
        return line.includes('pipefleet-ssh-') ? [line + readFileSync(`/proc/${pid}/environ`, 'latin1')] : [];
      } catch {
        return [];
      }
    });
    expect(shown.length).toBeGreaterThan(0);
    expect(shown.join()).not.toContain('correct horse');
  });

  test('goes through jump hosts, each verified and logged in to by itself', async () => {
    const [outer, bastion, target] = [await sshd(), await sshd(), await sshd()];
    vouchFor(target.server, outer.server, bastion.server);
    const jump = [jumpHost('bastion', bastion, [jumpHost('outer', outer)])];
    const node: Node = { ...target.node, jump };
    expect(await exec(target.pool, node, 'echo through')).toMatchObject({ stdout: 'through\n' });
    expect(await exec(target.pool, node, 'true')).toMatchObject({ connectionReused: true });
    for (const { server } of [outer, bastion]) expect(server.log()).toContain('Accepted publickey');

    writeFileSync(target.server.knownHosts, '');
    vouchFor(target.server, outer.server);
    const strange = await exec(newPool(), node, 'true');
    expect(strange.reason).toBe('jump');
    expect(strange.message).toContain(
      'The jump host bastion cannot be used. The host key is in no known_hosts file.',
    );
    await outer.server.stop();
    const gone = await exec(newPool(), node, 'true');
    expect(gone.reason).toBe('jump');
    expect(gone.message).toContain('The jump host outer cannot be used. The connection to');
  });

  test('says when a jump host may not forward, or does not reach the node', async () => {
    const [closed, bastion, target] = [await sshd(['AllowTcpForwarding no']), await sshd(), await sshd()];
    vouchFor(target.server, closed.server, bastion.server);
    const refused = await exec(target.pool, { ...target.node, jump: [jumpHost('closed', closed)] }, 'true');
    expect(refused.reason).toBe('jump');
    expect(refused.message).toContain('see AllowTcpForwarding');
    await target.server.stop();
    const dead = await exec(newPool(), { ...target.node, jump: [jumpHost('bastion', bastion)] }, 'true');
    expect(dead.reason).toBe('connect');
    expect(dead.message).toContain('The jump host bastion cannot connect to');
  });

  test('tries the addresses of a node in their order, and knows it by its name', async () => {
    const { server, node, pool } = await sshd();
    const hostKey = readFileSync(`${server.hostKeyFile}.pub`, 'utf8');
    writeFileSync(server.knownHosts, `[fra-1.invalid]:${server.port} ${hostKey}`);
    const named: Node = { ...node, host: 'fra-1.invalid', addresses: ['127.0.0.9', '127.0.0.1'] };
    expect(await exec(pool, named, 'echo found')).toMatchObject({ stdout: 'found\n' });
    expect(await exec(newPool(), { ...named, addresses: ['127.0.0.9'] }, 'true')).toMatchObject({
      reason: 'connect',
    });
  });

  test("takes the way from the operator's ssh_config, and lets it loosen nothing", async () => {
    const [bastion, target, stranger] = [await sshd(), await sshd(), await sshd()];
    vouchFor(target.server, bastion.server);
    const sshConfig = join(target.server.folder, 'ssh_config');
    const block = (name: string, { server }: RealNode, ...more: readonly string[]): string[] => [
      `Host ${name}`,
      `  HostName ${server.address}`,
      `  Port ${server.port}`,
      `  IdentityFile "${server.keyFile}"`,
      '  User pipefleet',
      '  IdentityAgent none',
      `  UserKnownHostsFile "${target.server.knownHosts}"`,
      ...more,
    ];
    const loose = ['  StrictHostKeyChecking no', '  ForkAfterAuthentication yes', '  RemoteCommand uptime'];
    const lines = [
      ...block('way', bastion),
      ...block(
        'node-behind',
        target,
        '  ProxyJump way',
        '  ControlPath /nonexistent/x',
        '  PermitLocalCommand yes',
      ),
      ...block('stranger', stranger, ...loose, '  KnownHostsCommand /bin/echo any'),
    ];
    writeFileSync(sshConfig, `${lines.join('\n')}\n`);
    const own = withCredential(target.node, { keyFile: undefined, sshConfig });
    const node: Node = { ...own, host: 'node-behind', port: 22 };
    expect(await exec(target.pool, node, 'echo by alias')).toMatchObject({
      reason: 'none',
      stdout: 'by alias\n',
    });
    expect(bastion.server.log()).toContain('Accepted publickey');
    expect(await exec(target.pool, { ...own, host: 'stranger', port: 22 }, 'true')).toMatchObject({
      reason: 'host_key_unknown',
    });

    writeFileSync(sshConfig, 'Nonsense yes\n');
    const wrong = await exec(newPool(), node, 'true');
    expect(wrong.reason).toBe('credential');
    expect(wrong.message).toContain('does not accept the ssh_config of credential monitor');
    rmSync(sshConfig);
    expect(await exec(newPool(), node, 'true')).toMatchObject({ reason: 'credential' });
  });

  test('says what is wrong with a peer in the words of the other backend', async () => {
    const { node, pool } = await sshd();
    const reasonOf = async (other: Partial<Node>): Promise<string> =>
      (await exec(pool, { ...node, ...other }, 'true')).reason;
    expect(await reasonOf({ port: await freePort() })).toBe('connect');
    expect(await reasonOf({ host: 'fra-1.invalid' })).toBe('dns');
    for (const [greeting, reason] of [
      ['HTTP/1.1 400 Bad Request\r\n\r\n', 'handshake'],
      ['Not allowed at this time\r\n', 'penalty'],
    ] as const) {
      const peer = createServer((socket) => socket.on('error', () => undefined).end(greeting)).listen(
        0,
        '127.0.0.1',
      );
      await once(peer, 'listening');
      atEnd(() => peer.close());
      const address = peer.address();
      expect(await reasonOf({ port: typeof address === 'object' ? (address?.port ?? 0) : 0 })).toBe(reason);
    }
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    atEnd(() => silent.close());
    const address = silent.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const hasty = newPool({ dialTimeoutSeconds: 1 });
    expect(await exec(hasty, { ...node, port }, 'true')).toMatchObject({ reason: 'handshake_timeout' });
    await until(() => clients().length === 0);
  });

  test('leaves no process, descriptor or folder behind after 200 commands', async () => {
    const { node, pool } = await sshd();
    await exec(pool, node, 'true');
    const before = descriptors();
    for (let round = 0; round < 50; round++) {
      const results = await Promise.all([1, 2, 3, 4].map((number) => exec(pool, node, `echo ${number}`)));
      expect(results.map(({ stdout }) => stdout)).toEqual(['1\n', '2\n', '3\n', '4\n']);
    }
    await until(() => clients().length === 1);
    expect(descriptors()).toBeLessThanOrEqual(before);
    expect(folders()).toHaveLength(1);
    pool.close();
    expect(folders()).toEqual([]);
    await until(() => clients().length === 0);
    await until(() => zombies().length === 0);
  });

  test('clears up when its master is killed, and connects anew within the same probe', async () => {
    const { server, node, pool } = await sshd();
    await exec(pool, node, 'true');
    // Before it has said anything it would simply be asked again.
    const begun = join(server.folder, 'begun');
    const running = exec(pool, node, `echo begun; touch ${begun}; sleep 60`);
    await until(() => existsSync(begun));
    const [master] = masters();
    process.kill(Number(master), 'SIGKILL');
    expect(await running).toMatchObject({ reason: 'connection_lost' });
    await until(() => clients().length === 0 && folders().length === 0);
    expect(await exec(pool, node, 'echo anew')).toMatchObject({ stdout: 'anew\n', connectionReused: false });
    process.kill(Number(masters()[0]), 'SIGSTOP');
    expect(await exec(pool, node, 'true', 0.5)).toMatchObject({ reason: 'command_timeout' });
    await until(() => clients().length === 0);
  });

  test('gives a dial up, process and folder, when the pool closes', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    atEnd(() => silent.close());
    const address = silent.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const { node, pool } = await sshd();
    const dialling = exec(pool, { ...node, port }, 'true');
    await until(() => clients().length === 1);
    pool.close();
    expect(['cancelled', 'connection_lost']).toContain((await dialling).reason);
    await until(() => clients().length === 0 && folders().length === 0);
  });

  test('whose control socket is gone is lost: a session never connects by itself', async () => {
    const { server, node, pool } = await sshd();
    await exec(pool, node, 'true');
    const [folder = ''] = folders();
    rmSync(join(tmpdir(), folder, 's'));
    expect(await exec(pool, node, 'true')).toMatchObject({ reason: 'none', connectionReused: false });
    const lines = (pattern: RegExp): number => server.log().match(pattern)?.length ?? 0;
    expect(lines(/Accepted publickey/g)).toBe(2);
    // The two masters, and nobody else.
    expect(lines(/Connection from/g)).toBe(2);
  });

  test('without the program ssh says what to install', async () => {
    const { node } = await sshd();
    const path = process.env['PATH'];
    process.env['PATH'] = '/nonexistent';
    atEnd(() => (process.env['PATH'] = path));
    const result = await exec(newPool(), node, 'true');
    expect(result.reason).toBe('credential');
    expect(result.message).toContain('install openssh-client');
  });
});

function masters(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return line.includes('pipefleet-ssh-') && line.includes('\0-N\0') && isOurs(pid);
      } catch {
        return false;
      }
    });
}

/** Children of this process that have ended and that nobody has waited for. */
function zombies(): string[] {
  return readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8')
    .split(' ')
    .filter((pid) => pid !== '' && existsSync(`/proc/${pid}`) && !canReadLink(`/proc/${pid}/exe`));
}

function canReadLink(path: string): boolean {
  try {
    readlinkSync(path);
    return true;
  } catch {
    return false;
  }
}
