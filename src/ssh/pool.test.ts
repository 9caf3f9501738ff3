import {
  appendFileSync,
  chmodSync,
  chownSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ServerChannel } from 'ssh2';
import type { CloseCause } from '../core/close-cause.js';
import { startDeadline } from '../core/deadline.js';
import type { ExecResult } from '../core/exec.js';
import type { FailureReason } from '../core/failure.js';
import { createLogger } from '../core/logger.js';
import type { Node } from '../inventory/node.js';
import { NOBODY } from '../core/pool-observer.js';
import { subtractPhases } from './phase-clock.js';
import { Pool, type PoolLimits } from './pool.js';
import { makeNode } from './testing/make-node.js';
import { startTcpServer } from './testing/tcp-server.js';
import { startSshServer, type SshServer, type SshServerOptions } from './testing/ssh-server.js';

const LIMITS: PoolLimits = {
  concurrentLogins: 8,
  dialTimeoutSeconds: 120,
  keepaliveSeconds: 15,
  idleSeconds: 600,
  connectionAgeSeconds: 3600,
};

const cleanups: (() => unknown)[] = [];
let dials: FailureReason[] = [];
const NOTHING_TOLD = () => ({
  queued: [] as number[],
  loggedIn: [] as number[],
  commanded: [] as string[],
  closed: [] as CloseCause[],
});
let told = NOTHING_TOLD();

beforeEach(() => {
  dials = [];
  told = NOTHING_TOLD();
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function newPool(limits: Partial<PoolLimits> = {}): Pool {
  const pool = new Pool({
    limits: { ...LIMITS, ...limits },
    logger: createLogger('silent'),
    observer: {
      ...NOBODY,
      dialled: (reason) => dials.push(reason),
      queued: (seconds) => told.queued.push(seconds),
      loggedIn: (seconds) => told.loggedIn.push(seconds),
      commanded: (connection) => told.commanded.push(connection),
      closed: (cause) => told.closed.push(cause),
    },
  });
  cleanups.push(() => pool.close());
  return pool;
}

async function newServer(options: SshServerOptions = {}): Promise<{ server: SshServer; node: Node }> {
  const server = await startSshServer(options);
  cleanups.push(() => server.stop());
  return { server, node: makeNode(server) };
}

function exec(
  pool: Pool,
  node: Node,
  seconds = 120,
  command = 'true',
  maxOutputBytes = 1e6,
): Promise<ExecResult> {
  const deadline = startDeadline(seconds);
  return pool
    .execFor(node)
    .exec(command, { signal: deadline.signal, maxOutputBytes })
    .finally(() => deadline.clear());
}

async function tcpServer(onSocket: (socket: Socket) => void): Promise<number> {
  const server = await startTcpServer(onSocket);
  cleanups.push(() => server.stop());
  return server.port;
}

function exit(channel: ServerChannel, output: string, code = 0): void {
  channel.write(output);
  channel.exit(code);
  channel.end();
}

describe('a kept connection', () => {
  test('serves one probe after the other', async () => {
    const { server, node } = await newServer();
    const pool = newPool();
    const first = await exec(pool, node);
    const second = await exec(pool, node);
    expect(first).toMatchObject({
      reason: 'none',
      message: '',
      stdout: 'ok',
      exitCode: 0,
      connectionReused: false,
    });
    expect(second).toMatchObject({ reason: 'none', stdout: 'ok', connectionReused: true });
    expect(second.phases).toMatchObject({ resolve: 0, connect: 0, handshake: 0, auth: 0 });
    expect(first.phases.handshake).toBeGreaterThan(0);
    expect(server.connections()).toBe(1);
    expect(pool.states()).toEqual({ dialing: 0, ready: 1, backoff: 0 });
  });

  test('is dialled once for many probes at a time', async () => {
    const { server, node } = await newServer();
    const pool = newPool();
    const results = await Promise.all(Array.from({ length: 20 }, () => exec(pool, node)));
    expect(results.map(({ reason }) => reason)).toEqual(Array(20).fill('none'));
    expect(server.connections()).toBe(1);
    expect(dials).toEqual(['none']);
  });

  test('survives a command that fails: an exit code is a result', async () => {
    const { server, node } = await newServer({ onExec: (_command, channel) => exit(channel, 'partly', 3) });
    const pool = newPool();
    expect(await exec(pool, node)).toMatchObject({ reason: 'none', exitCode: 3, stdout: 'partly' });
    expect(await exec(pool, node)).toMatchObject({ exitCode: 3, connectionReused: true });
    expect(server.connections()).toBe(1);
  });

  test('that died unnoticed is replaced within the same probe', async () => {
    const { server, node } = await newServer();
    const pool = newPool();
    await exec(pool, node);
    server.cut();
    expect(await exec(pool, node)).toMatchObject({ reason: 'none', stdout: 'ok', connectionReused: false });
    expect(server.connections()).toBe(2);
  });

  test('that breaks after the first byte is not tried again: the command may have run', async () => {
    let runs = 0;
    const { server, node } = await newServer({
      onExec: (_command, channel) => {
        runs++;
        channel.write('half');
        channel.once('drain', () => undefined);
        setImmediate(() => setImmediate(() => server.cut()));
      },
    });
    expect(await exec(newPool(), node)).toMatchObject({ reason: 'connection_lost', stdout: 'half' });
    expect(runs).toBe(1);
  });

  test('is closed when it is idle', async () => {
    const { server, node } = await newServer();
    const pool = newPool({ idleSeconds: 0 });
    await exec(pool, node);
    while (server.openSockets() > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(pool.states().ready).toBe(0);
  });

  test('is given up when the peer answers no keepalive', async () => {
    const { server, node } = await newServer();
    const pool = newPool({ keepaliveSeconds: 0.05 });
    await exec(pool, node);
    server.freeze();
    while (pool.states().ready > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  });

  test('is never shared between users', async () => {
    const { server, node } = await newServer();
    const pool = newPool();
    await exec(pool, node);
    const other = { ...node, credential: { ...node.credential, user: 'somebody-else' } };
    expect(await exec(pool, other)).toMatchObject({ connectionReused: false });
    expect(await exec(pool, { ...node, knownHosts: [...node.knownHosts, '/more'] })).toMatchObject({
      connectionReused: false,
    });
    expect(server.connections()).toBe(3);
  });

  test('is closed when its node has left, and kept when its node stays', async () => {
    const { server, node } = await newServer();
    const pool = newPool();
    await exec(pool, node);
    pool.reconcile([{ ...node, labels: { changed: 'yes' } }], LIMITS);
    expect(await exec(pool, node)).toMatchObject({ connectionReused: true });
    pool.reconcile([], LIMITS);
    expect(pool.states().ready).toBe(0);
    expect(await exec(pool, node)).toMatchObject({ reason: 'none', connectionReused: false });
    expect(server.connections()).toBe(2);
  });

  test('is replaced when it is old', async () => {
    const { server, node } = await newServer();
    const pool = newPool({ connectionAgeSeconds: 0 });
    await exec(pool, node);
    expect(await exec(pool, node)).toMatchObject({ reason: 'none', connectionReused: false });
    expect(server.connections()).toBe(2);
  });
});

describe('a command', () => {
  test('that hangs ends at the deadline and closes its connection, socket and all', async () => {
    const { server, node } = await newServer({
      onExec: (command, channel) => {
        if (command !== 'hang') exit(channel, 'ok');
      },
    });
    const pool = newPool();
    await exec(pool, node);
    const result = await exec(pool, node, 0.2, 'hang');
    expect(result).toMatchObject({ reason: 'command_timeout', exitCode: undefined });
    while (server.openSockets() > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(pool.states().ready).toBe(0);
  });

  test('to a frozen peer ends at the deadline although ssh2 never calls back', async () => {
    const { server, node } = await newServer();
    const pool = newPool();
    await exec(pool, node);
    server.freeze();
    expect(await exec(pool, node, 0.2)).toMatchObject({
      reason: 'command_timeout',
      message: 'The node did not open a session in time.',
    });
  });

  test('that prints one byte at a time costs no more memory than what it prints, and is answered whole', async () => {
    const bytes = 20_000;
    const { node } = await newServer({
      onExec: (_command, channel) => {
        let left = bytes;
        const next = (): void => {
          while (left-- > 0) {
            if (!channel.write('x')) {
              channel.once('drain', next);
              return;
            }
          }
          channel.exit(0);
          channel.end();
        };
        next();
      },
    });
    const result = await exec(newPool(), node);
    expect([result.reason, result.stdout.length]).toEqual(['none', bytes]);
  });

  test('that never stops printing is cut off', async () => {
    const { node } = await newServer({
      onExec: (_command, channel) => {
        const pour = (): void => {
          while (channel.writable && channel.write(Buffer.alloc(65_536, 'x')));
          channel.once('drain', pour);
        };
        pour();
      },
    });
    const result = await exec(newPool(), node, 5, 'yes', 100_000);
    expect(result.reason).toBe('output');
    expect(result.message).toBe('The command printed more than 100000 bytes.');
  });

  test('whose caller leaves closes only its own session', async () => {
    let slow: ServerChannel | undefined;
    const { server, node } = await newServer({
      onExec: (command, channel) => {
        if (command === 'slow') slow = channel;
        else exit(channel, 'ok');
      },
    });
    const pool = newPool();
    await exec(pool, node);
    const deadline = startDeadline(5);
    const leaving = pool.execFor(node).exec('slow', { signal: deadline.signal, maxOutputBytes: 1000 });
    while (slow === undefined) await new Promise(setImmediate);
    deadline.cancel();
    expect(await leaving).toMatchObject({ reason: 'cancelled' });
    expect(await exec(pool, node)).toMatchObject({ reason: 'none', connectionReused: true });
    expect(server.connections()).toBe(1);
  });

  test('ended by a signal or without a status is a failed command', async () => {
    const { node } = await newServer({
      onExec: (command, channel) => {
        if (command === 'killed') channel.exit('KILL');
        channel.end();
      },
    });
    const pool = newPool();
    expect(await exec(pool, node, 5, 'killed')).toMatchObject({
      reason: 'command',
      message: 'The command was ended by SIGKILL.',
    });
    expect(await exec(pool, node, 5, 'other')).toMatchObject({ reason: 'command' });
  });

  test('on a node that opens no session at all fails with channel, and the connection goes', async () => {
    const { node } = await newServer({ maxSessions: 0 });
    const pool = newPool();
    const result = await exec(pool, node);
    expect(result).toMatchObject({ reason: 'channel' });
    expect(result.message).toContain('see MaxSessions in its sshd_config');
    expect(pool.states().ready).toBe(0);
  });

  test('given up between two refusals does no harm to the one that runs', async () => {
    let running: ServerChannel | undefined;
    const { node } = await newServer({ maxSessions: 1, onExec: (_command, channel) => (running = channel) });
    const pool = newPool();
    const long = exec(pool, node, 20, 'long');
    while (running === undefined) await new Promise(setImmediate);
    const leaving = startDeadline(20);
    const left = pool.execFor(node).exec('short', { signal: leaving.signal, maxOutputBytes: 1000 });
    await new Promise((resolve) => setTimeout(resolve, 65));
    leaving.cancel();
    expect((await left).reason).toBe('cancelled');
    await new Promise((resolve) => setTimeout(resolve, 5500));
    exit(running, 'whole');
    expect(await long).toMatchObject({ reason: 'none', stdout: 'whole' });
  });

  test('beyond the sessions that a node allows waits for its turn', async () => {
    const { server, node } = await newServer({
      maxSessions: 1,
      onExec: (_command, channel) => setImmediate(() => exit(channel, 'ok')),
    });
    const pool = newPool();
    const results = await Promise.all(Array.from({ length: 6 }, () => exec(pool, node)));
    expect(results.map(({ reason }) => reason)).toEqual(Array(6).fill('none'));
    expect(server.connections()).toBe(1);
  });

  test('beyond those that may wait for a node is refused at once, and holds nothing', async () => {
    let sessions = 0;
    const { node } = await newServer({ onExec: () => sessions++ });
    const pool = newPool();
    const running = Array.from({ length: 4 + 32 }, () => exec(pool, node, 2));
    while (sessions < 4) await new Promise(setImmediate);
    const refused = await Promise.all(Array.from({ length: 100 }, () => exec(pool, node, 60)));
    for (const { reason, message } of refused) {
      expect([reason, message]).toEqual([
        'queue_timeout',
        'As many as 32 commands wait for this node already; ask it less often.',
      ]);
    }
    const reasons = (await Promise.all(running)).map(({ reason }) => reason);
    expect(new Set(reasons)).toEqual(new Set(['command_timeout', 'queue_timeout']));
  });

  test('prints undecodable bytes as U+FFFD', async () => {
    const { node } = await newServer({
      onExec: (_command, channel) => {
        channel.write(Buffer.from([0x61, 0xff, 0x62]));
        channel.exit(0);
        channel.end();
      },
    });
    expect((await exec(newPool(), node)).stdout).toBe('a\uFFFDb');
  });
});

describe('a host key', () => {
  test('that is unknown is refused before any login, with the way to mend it', async () => {
    const { server, node } = await newServer();
    writeFileSync(server.knownHosts, '# empty\n');
    const result = await exec(newPool(), node);
    expect(result.reason).toBe('host_key_unknown');
    expect(result.message).toContain('ssh-ed25519 SHA256:');
    expect(result.message).toContain(`ssh-keyscan -p ${server.port} 127.0.0.1 >> ${server.knownHosts}`);
    expect(server.logins()).toBe(0);
  });

  test('that changed is refused, loudly', async () => {
    const { server, node } = await newServer();
    const other = await startSshServer();
    cleanups.push(() => other.stop());
    const stranger = other.hostKey.getPublicSSH().toString('base64');
    writeFileSync(server.knownHosts, `[127.0.0.1]:${server.port} ssh-ed25519 ${stranger}\n`);
    const result = await exec(newPool(), node);
    expect(result.reason).toBe('host_key_changed');
    expect(result.message).toContain('CHANGED');
    expect(result.message).toContain(`ssh-keygen -f ${server.knownHosts} -R '[127.0.0.1]:${server.port}'`);
    expect(server.logins()).toBe(0);
  });

  test('that is revoked is refused even though it is known', async () => {
    const { server, node } = await newServer();
    appendFileSync(
      server.knownHosts,
      `@revoked * ssh-ed25519 ${server.hostKey.getPublicSSH().toString('base64')}\n`,
    );
    expect(await exec(newPool(), node)).toMatchObject({ reason: 'host_key_revoked' });
  });

  test('may stand in any of several files, of which some need not exist', async () => {
    const { server, node } = await newServer();
    const several = { ...node, knownHosts: ['/nonexistent', server.knownHosts] };
    expect(await exec(newPool(), several)).toMatchObject({ reason: 'none' });
  });

  test('that was added to the file is noticed at the next dial', async () => {
    const { server, node } = await newServer();
    const entry = readFileSync(server.knownHosts, 'utf8');
    writeFileSync(server.knownHosts, '');
    const pool = newPool();
    expect((await exec(pool, node)).reason).toBe('host_key_unknown');
    writeFileSync(server.knownHosts, entry);
    pool.reconcile([node], LIMITS);
    expect((await exec(pool, node)).reason).toBe('none');
  });

  test('without any known_hosts file is never accepted', async () => {
    const { server, node } = await newServer();
    rmSync(server.knownHosts);
    const result = await exec(newPool(), node);
    expect(result.reason).toBe('known_hosts');
    expect(server.connections()).toBe(0);
  });

  test('diffie-hellman-group-exchange, which blocks the process for seconds, is not offered', async () => {
    const { server, node } = await newServer();
    await exec(newPool(), node);
    expect(server.offeredKex()).toContain('curve25519-sha256');
    expect(server.offeredKex().join()).not.toContain('group-exchange');
  });
});

describe('a credential', () => {
  test('that the node refuses fails with auth and is not hammered', async () => {
    const { server, node } = await newServer({ acceptKey: () => false });
    const pool = newPool();
    const first = await exec(pool, node);
    expect(first.reason).toBe('auth');
    expect(first.message).toBe(
      "The login of user pipefleet with credential monitor was refused; is its public key in that user's authorized_keys?",
    );
    const second = await exec(pool, node);
    expect(second.reason).toBe('auth');
    expect(second.message).toMatch(/ Next attempt in \d+ s\.$/);
    expect(server.connections()).toBe(1);
    expect(pool.states()).toEqual({ dialing: 0, ready: 0, backoff: 1 });
  });

  test('mended before a reload works at once', async () => {
    let accepted = false;
    const { node } = await newServer({ acceptKey: () => accepted });
    const pool = newPool();
    expect((await exec(pool, node)).reason).toBe('auth');
    accepted = true;
    pool.reconcile([node], LIMITS);
    expect((await exec(pool, node)).reason).toBe('none');
  });

  test('whose file is missing, open to others, endless, public or no key says so in one sentence', async () => {
    const { server, node } = await newServer();
    const folder = mkdtempSync(join(tmpdir(), 'pipefleet-key-'));
    cleanups.push(() => rmSync(folder, { recursive: true }));
    const withKey = (name: string, content: string, mode = 0o600): Node => {
      const keyFile = join(folder, name);
      writeFileSync(keyFile, content);
      chmodSync(keyFile, mode);
      return { ...node, credential: { ...node.credential, keyFile } };
    };
    const missing = { ...node, credential: { ...node.credential, keyFile: join(folder, 'missing') } };
    const open = withKey('open', 'x', 0o644);
    const pub = withKey('pub', `ssh-ed25519 ${server.hostKey.getPublicSSH().toString('base64')} x`);
    const rubbish = withKey('rubbish', 'rubbish');
    const large = withKey('large', 'x'.repeat(70_000));
    // Of another account, whose business reading is; but whoever may write could put another key there.
    const shared = withKey('shared', 'x', process.getuid?.() === 0 ? 0o660 : 0o600);
    if (process.getuid?.() === 0) chownSync(shared.credential.keyFile ?? '', 65_534, 65_534);
    const withPassphrase = {
      ...withKey('encrypted', 'x'),
      credential: { ...node.credential, passphrase: { file: join(folder, 'passphrase') } },
    };
    writeFileSync(join(folder, 'passphrase'), 'correct horse\n');
    chmodSync(join(folder, 'passphrase'), 0o644);
    for (const [broken, sentence] of [
      [missing, /^The key file .*missing does not exist; correct the path in the configuration\.$/],
      [open, /^The key file .*open can be read by others; close it with: chmod 600 /],
      [pub, /^The file .*pub holds a public key; name the private one/],
      [rubbish, /^The file .*rubbish is not a private key in a form that can be read/],
      [large, /^The key file .*large is not what it should be: it is larger than 64 KiB\.$/],
      [
        shared,
        // Only root can give a file away.
        process.getuid?.() === 0
          ? /^The key file .*shared can be changed by others, who could put a key of theirs there; close it/
          : /^The file .*shared is not a private key/,
      ],
      [withPassphrase, /^The passphrase file .*passphrase can be read by others; close it with: chmod 600 /],
    ] as const) {
      const result = await exec(newPool(), broken);
      expect(result.reason).toBe('credential');
      expect(result.message).toMatch(sentence);
    }
    expect(server.connections()).toBe(0);
  });

  test('by an agent that is not there says so', async () => {
    const { node } = await newServer();
    const agent = { ...node, credential: { ...node.credential, keyFile: undefined, agent: '/nonexistent' } };
    expect(await exec(newPool(), agent)).toMatchObject({ reason: 'credential' });
  });
});

describe('a peer', () => {
  test('that refuses the connection', async () => {
    const { server, node } = await newServer();
    await server.stop();
    cleanups.pop();
    writeFileSync(join(tmpdir(), 'pipefleet-empty-known-hosts'), '');
    const unreachable = { ...node, knownHosts: [join(tmpdir(), 'pipefleet-empty-known-hosts')] };
    const { keyFile } = (await newServer()).server;
    const result = await exec(newPool(), { ...unreachable, credential: { ...node.credential, keyFile } });
    rmSync(join(tmpdir(), 'pipefleet-empty-known-hosts'));
    expect(result).toMatchObject({ reason: 'connect' });
    expect(result.message).toContain('refused; is sshd running and the port right?');
  });

  test('whose name does not resolve', async () => {
    const { node } = await newServer();
    const result = await exec(newPool(), { ...node, host: 'node.invalid' });
    expect(result).toMatchObject({ reason: 'dns' });
    expect(result.phases.connect).toBe(0);
  });

  test('that is no SSH server', async () => {
    const { node } = await newServer();
    const port = await tcpServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const result = await exec(newPool(), { ...node, port });
    expect(result).toMatchObject({ reason: 'handshake' });
    expect(result.message).toContain('is it an SSH server?');
  });

  test('that never stops greeting', async () => {
    const { node } = await newServer();
    const port = await tcpServer((socket) => {
      const timer = setInterval(() => socket.write('welcome\r\n'.repeat(500)), 5);
      socket.on('close', () => clearInterval(timer));
    });
    expect(await exec(newPool(), { ...node, port })).toMatchObject({ reason: 'handshake' });
  });

  test('that announces a packet without end is hung up on before it has come', async () => {
    const { node } = await newServer();
    const port = await tcpServer((socket) => {
      socket.write('SSH-2.0-hostile\r\n');
      socket.write(Buffer.from([0x7f, 0xff, 0xff, 0xff, 4, 20]));
    });
    expect(await exec(newPool(), { ...node, port })).toMatchObject({ reason: 'handshake' });
  });

  test('that packs its packets is not understood: a small one could unpack to any size', async () => {
    const { server, node } = await newServer({ onlyCompressed: true });
    expect(await exec(newPool(), node)).toMatchObject({ reason: 'handshake' });
    expect(server.logins()).toBe(0);
  });

  test('that accepts and says nothing, while ssh2 would emit its error twice', async () => {
    const { node } = await newServer();
    const port = await tcpServer(() => undefined);
    const pool = newPool({ dialTimeoutSeconds: 0.2 });
    expect(await exec(pool, { ...node, port })).toMatchObject({ reason: 'handshake_timeout' });
    expect(dials).toEqual(['handshake_timeout']);
  });

  test('that is slower than one probe is reached by the next: a dial outlives the probe that began it', async () => {
    const { server, node } = await newServer();
    let open: (() => void) | undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const port = await tcpServer((socket) => {
      void gate.then(() => {
        const through = connect(server.port, '127.0.0.1');
        through.on('error', () => undefined);
        socket.pipe(through).pipe(socket);
      });
    });
    const key = server.hostKey.getPublicSSH().toString('base64');
    appendFileSync(server.knownHosts, `[127.0.0.1]:${port} ssh-ed25519 ${key}\n`);
    const pool = newPool();
    const slow = { ...node, port };
    expect(await exec(pool, slow, 0.1)).toMatchObject({ reason: 'handshake_timeout' });
    open?.();
    expect(await exec(pool, slow)).toMatchObject({ reason: 'none', stdout: 'ok' });
    expect(dials).toEqual(['none']);
  });

  test('that says nothing takes no place among the logins', async () => {
    const { node } = await newServer();
    const { node: healthy } = await newServer();
    const port = await tcpServer(() => undefined);
    const pool = newPool({ concurrentLogins: 1, dialTimeoutSeconds: 5 });
    const dead = exec(pool, { ...node, port }, 0.5);
    expect(await exec(pool, healthy)).toMatchObject({ reason: 'none', connectionReused: false });
    expect(await dead).toMatchObject({ reason: 'handshake_timeout' });
  });

  test('that talks nonsense after the login loses its connection', async () => {
    const { server, node } = await newServer();
    let upstream: Socket | undefined;
    let downstream: Socket | undefined;
    const port = await tcpServer((socket) => {
      downstream = socket;
      upstream = connect(server.port, '127.0.0.1').on('error', () => undefined);
      socket.pipe(upstream).pipe(socket);
    });
    const key = server.hostKey.getPublicSSH().toString('base64');
    appendFileSync(server.knownHosts, `[127.0.0.1]:${port} ssh-ed25519 ${key}\n`);
    const pool = newPool();
    await exec(pool, { ...node, port });
    upstream?.unpipe(downstream);
    downstream?.write(Buffer.alloc(256, 7));
    while (pool.states().ready > 0) await new Promise(setImmediate);
    expect(await exec(pool, { ...node, port })).toMatchObject({ reason: 'none', connectionReused: false });
  });
});

describe('while a probe runs', () => {
  /** A server whose commands wait for the test, with one of them waiting. */
  async function waiting() {
    const channels: ServerChannel[] = [];
    const { server, node } = await newServer({ onExec: (_command, channel) => channels.push(channel) });
    const pool = newPool();
    const running = exec(pool, node);
    while (channels.length === 0) await new Promise(setImmediate);
    return { server, node, pool, running, channels };
  }

  test('closing the pool ends it, opens nothing anew and leaves no socket', async () => {
    const { server, pool, running } = await waiting();
    pool.close();
    expect((await running).reason).toBe('connection_lost');
    while (server.openSockets() > 0) await new Promise(setImmediate);
    expect(server.connections()).toBe(1);
  });

  test('a reload that takes its node away lets it end, and closes the connection then', async () => {
    const { server, pool, running, channels } = await waiting();
    pool.reconcile([], LIMITS);
    for (const channel of channels) exit(channel, 'late');
    expect(await running).toMatchObject({ reason: 'none', stdout: 'late' });
    while (server.openSockets() > 0) await new Promise(setImmediate);
    expect(server.connections()).toBe(1);
  });

  test('the short deadline of another one does not end it', async () => {
    const { node, pool, running, channels } = await waiting();
    expect(await exec(pool, node, 0.1)).toMatchObject({ reason: 'command_timeout' });
    const [first] = channels;
    if (first !== undefined) exit(first, 'patient');
    expect(await running).toMatchObject({ reason: 'none', stdout: 'patient' });
  });

  test('several probes that find the connection dead share one new one', async () => {
    const { server, node } = await newServer();
    const pool = newPool();
    await exec(pool, node);
    server.cut();
    const results = await Promise.all(Array.from({ length: 8 }, () => exec(pool, node)));
    expect(results.map(({ reason }) => reason)).toEqual(Array(8).fill('none'));
    expect(server.connections()).toBe(2);
  });
});

describe('whoever counts is told', () => {
  test('how long a login waited and took, and which commands found a connection', async () => {
    const { node } = await newServer();
    const pool = newPool();
    await exec(pool, node);
    await exec(pool, node);
    expect(told.commanded).toEqual(['new', 'kept']);
    expect(told.queued).toHaveLength(1);
    expect(told.loggedIn).toHaveLength(1);
    expect(told.loggedIn[0]).toBeGreaterThan(0);
    expect(pool.health()).toMatchObject({ queuedLogins: 0, longestBackoffSeconds: 0, jumps: [] });
    expect(pool.health().oldestConnectionSeconds).toBeGreaterThan(0);
  });

  test('which nodes wait, and why, and for how long at the most', async () => {
    const { node } = await newServer({ acceptKey: () => false });
    const pool = newPool();
    const { retryAfterSeconds } = await exec(pool, node);
    expect(retryAfterSeconds).toBeGreaterThan(9);
    expect(pool.health().backoff).toEqual(new Map([['auth', 1]]));
    expect(pool.health().longestBackoffSeconds).toBeLessThanOrEqual(retryAfterSeconds);
    pool.reconcile([node], LIMITS);
    expect(pool.health()).toMatchObject({ backoff: new Map(), longestBackoffSeconds: 0 });
  });

  /** What ends a connection, by the cause that is told. */
  const ENDS: Partial<Record<CloseCause, (server: SshServer, pool: Pool, node: Node) => unknown>> = {
    error: (server) => server.cut(),
    deadline: (_server, pool, node) => exec(pool, node, 0.2, 'hang'),
    output: (_server, pool, node) => exec(pool, node, 5, 'pour', 1000),
    reload: (_server, pool) => pool.reconcile([], LIMITS),
    shutdown: (_server, pool) => pool.close(),
  };
  test.each(Object.entries(ENDS))('why a connection was closed: %s', async (cause, end) => {
    const { server, node } = await newServer({
      onExec: (command, channel) => {
        if (command === 'pour') channel.write(Buffer.alloc(65_536, 'x'));
        else if (command !== 'hang') exit(channel, 'ok');
      },
    });
    const pool = newPool();
    await exec(pool, node);
    await end(server, pool, node);
    while (told.closed.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    // A peer that is gone is seen as a close or as a reset.
    expect(told.closed.map((each) => (each === 'peer' ? 'error' : each))).toEqual([cause]);
  });

  test('that nobody answered keepalives', async () => {
    const { server, node } = await newServer();
    const pool = newPool({ keepaliveSeconds: 0.05 });
    await exec(pool, node);
    server.freeze();
    while (told.closed.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(told.closed).toEqual(['keepalive']);
  });
});

test('a probe that joins a dial is charged only for what was spent after it came', () => {
  const joinedAt = { connect: 0.5, handshake: 0.25 };
  const later = { connect: 0.5, handshake: 1, auth: 0.125 };
  expect(subtractPhases(later, joinedAt)).toEqual({ handshake: 0.75, auth: 0.125 });
});
