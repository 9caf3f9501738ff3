import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { CloseCause } from '../core/close-cause.js';
import { startDeadline } from '../core/deadline.js';
import type { ExecResult } from '../core/exec.js';
import type { FailureReason } from '../core/failure.js';
import { createLogger } from '../core/logger.js';
import { NOBODY } from '../core/pool-observer.js';
import type { JumpHost, Node } from '../inventory/node.js';
import { Pool, type PoolLimits } from './pool.js';
import { makeJump } from './testing/make-jump.js';
import { makeNode } from './testing/make-node.js';
import { freePort } from './testing/sshd.js';
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
let jumpDials: string[] = [];
let closed: CloseCause[] = [];
beforeEach(() => {
  dials = [];
  jumpDials = [];
  closed = [];
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
      jumpDialled: (jump, reason) => jumpDials.push(`${jump} ${reason}`),
      closed: (cause) => closed.push(cause),
    },
  });
  cleanups.push(() => pool.close());
  return pool;
}

async function newServer(options: SshServerOptions = {}): Promise<SshServer> {
  const server = await startSshServer(options);
  cleanups.push(() => server.stop());
  return server;
}

/** A bastion, two nodes behind it, and one that is reached directly. */
async function newSite(bastionOptions: SshServerOptions = {}, jumpParts: Partial<JumpHost> = {}) {
  const [bastion, one, two] = await Promise.all([
    newServer({ forwards: true, ...bastionOptions }),
    newServer(),
    newServer(),
  ]);
  const jump: JumpHost = { ...makeJump(bastion), ...jumpParts };
  const knownHosts = [one, two, bastion].map((server) => server.knownHosts);
  const behind = (server: SshServer, name: string): Node =>
    makeNode({ ...server, name, parts: { jump: [jump], knownHosts } });
  return {
    bastion,
    jump,
    servers: { one, two },
    one: behind(one, 'one'),
    two: behind(two, 'two'),
    direct: makeNode({ ...two, name: 'direct' }),
  };
}

function exec(pool: Pool, node: Node, seconds = 120, command = 'true'): Promise<ExecResult> {
  const deadline = startDeadline(seconds);
  return pool
    .execFor(node)
    .exec(command, { signal: deadline.signal, maxOutputBytes: 1e6 })
    .finally(() => deadline.clear());
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10);
}

describe('a jump host', () => {
  test('is logged in to once, for all nodes behind it', async () => {
    const { bastion, one, two } = await newSite();
    const pool = newPool();
    const results = await Promise.all([one, two, one, two].map((node) => exec(pool, node)));
    expect(results.map(({ reason, stdout }) => [reason, stdout])).toEqual(Array(4).fill(['none', 'ok']));
    expect(bastion.logins()).toBe(1);
    expect(jumpDials).toEqual(['bastion none']);
    expect(pool.health().jumps).toEqual([
      { jump: 'bastion', up: true, dialsInFlight: 0, dialsQueued: 0, dialsLimit: 16, connections: 2 },
    ]);
    expect(await exec(pool, one)).toMatchObject({ reason: 'none', connectionReused: true });
  });

  test('lies behind another one', async () => {
    const { bastion: outer, jump: outerJump, one } = await newSite();
    const inner = await newServer({ forwards: true });
    const innerJump = makeJump({ ...inner, name: 'inner' });
    const knownHosts = [...one.knownHosts, inner.knownHosts];
    const pool = newPool();
    const far = { ...one, knownHosts, jump: [outerJump, innerJump] };
    expect(await exec(pool, far)).toMatchObject({ reason: 'none', stdout: 'ok' });
    // The same, as a jump host that says itself what is before it.
    const via = { ...far, jump: [{ ...innerJump, via: [outerJump] }] };
    expect(await exec(pool, via)).toMatchObject({ reason: 'none', connectionReused: true });
    expect([outer.logins(), inner.logins()]).toEqual([1, 1]);
    expect(pool.health().jumps.map(({ jump, connections }) => [jump, connections])).toEqual([
      ['bastion', 1],
      ['inner', 1],
    ]);
  });

  test('has its own host key verified, and fails what lies behind it before any login', async () => {
    const { bastion, servers, one } = await newSite();
    const stranger = (await newServer()).hostKey.getPublicSSH().toString('base64');
    writeFileSync(bastion.knownHosts, `[127.0.0.1]:${bastion.port} ssh-ed25519 ${stranger}\n`);
    const result = await exec(newPool(), one);
    expect(result.reason).toBe('jump');
    expect(result.message).toMatch(
      /^The jump host bastion \(127\.0\.0\.1 port \d+\) cannot be used: The host key has CHANGED\./,
    );
    expect(jumpDials).toEqual(['bastion host_key_changed']);
    expect([bastion.logins(), servers.one.connections()]).toEqual([0, 0]);
  });

  test('does not vouch for the node, whose own key is verified', async () => {
    const { servers, one } = await newSite();
    const stranger = (await newServer()).hostKey.getPublicSSH().toString('base64');
    writeFileSync(servers.one.knownHosts, `[127.0.0.1]:${servers.one.port} ssh-ed25519 ${stranger}\n`);
    expect(await exec(newPool(), one)).toMatchObject({ reason: 'host_key_changed' });
    writeFileSync(servers.one.knownHosts, '');
    const unknown = await exec(newPool(), one);
    expect(unknown.reason).toBe('host_key_unknown');
    expect(unknown.message).toContain('what this prints on the jump host bastion: ssh-keyscan');
    expect(servers.one.logins()).toBe(0);
  });

  test('that is down fails every node behind it at once and together, and no other', async () => {
    const { one, two, direct } = await newSite();
    const port = await freePort();
    const gone = (node: Node): Node => ({
      ...node,
      jump: [makeJump({ port, keyFile: one.credential.keyFile ?? '' })],
    });
    const pool = newPool({ concurrentLogins: 1 });
    const first = await exec(pool, gone(one));
    expect(first).toMatchObject({ reason: 'jump' });
    expect(first.message).toBe(
      `The jump host bastion (127.0.0.1 port ${port}) cannot be used: The connection to 127.0.0.1 port ${port} was refused; is sshd running and the port right?`,
    );
    expect(first.retryAfterSeconds).toBeGreaterThan(0);
    const second = await exec(pool, gone(two));
    expect(second.reason).toBe('jump');
    // It waits as long as the jump host itself, which was not dialled again for it.
    expect(second.retryAfterSeconds).toBeLessThanOrEqual(first.retryAfterSeconds);
    expect(await exec(pool, gone(two))).toMatchObject({
      reason: 'jump',
      message: expect.stringMatching(/ Next attempt in 1 s\.$/) as unknown,
    });
    expect(jumpDials).toEqual(['bastion connect']);
    expect(dials).toEqual(['jump', 'jump']);
    expect(pool.health()).toMatchObject({ backoff: new Map([['jump', 2]]), jumps: [{ up: false }] });
    expect(await exec(pool, direct)).toMatchObject({ reason: 'none' });
  });

  test('that refuses the key is not hammered by the nodes behind it', async () => {
    const { bastion, one, two } = await newSite({ acceptKey: () => false });
    const pool = newPool();
    for (const node of [one, two, one, two]) expect(await exec(pool, node)).toMatchObject({ reason: 'jump' });
    expect(bastion.logins()).toBe(1);
    expect((await exec(pool, one)).retryAfterSeconds).toBeGreaterThan(9);
  });

  test('that says nothing any more is given up, and what lies elsewhere is not slower for it', async () => {
    const { bastion, one, two, direct } = await newSite();
    const pool = newPool({ dialTimeoutSeconds: 2.5, concurrentLogins: 1 });
    await exec(pool, one);
    bastion.freeze();
    const waiting = exec(pool, two);
    expect(await exec(pool, direct, 1)).toMatchObject({ reason: 'none' });
    expect(await waiting).toMatchObject({
      reason: 'jump',
      message: 'The jump host bastion does not answer any more.',
    });
    // What runs through it may be alive; nothing new is sent that way.
    expect(pool.health().jumps[0]?.connections).toBe(1);
    expect(bastion.logins()).toBe(1);
  });

  test('that never opens the connection, but answers, is not to blame', async () => {
    const { one } = await newSite({ forwards: 'hang' });
    const result = await exec(newPool({ dialTimeoutSeconds: 2.5 }), one);
    expect(result.reason).toBe('connect_timeout');
    expect(result.message).toContain('as the jump host bastion sees it, in time.');
  });

  test('lets so many connections be opened through it at once; the others wait for their turn', async () => {
    const { one, two } = await newSite({ forwards: 'hang' }, { concurrentDials: 1 });
    const pool = newPool({ dialTimeoutSeconds: 3 });
    const first = exec(pool, one);
    await until(() => pool.health().jumps[0]?.dialsInFlight === 1);
    const second = exec(pool, two, 0.3);
    await until(() => pool.health().jumps[0]?.dialsQueued === 1);
    expect(await second).toMatchObject({
      reason: 'queue_timeout',
      message:
        'No place for another connection through the jump host bastion became free in time; see its concurrent_dials.',
    });
    expect((await second).phases.queue).toBeGreaterThan(0.2);
    expect(await first).toMatchObject({ reason: 'connect_timeout' });
  });

  test('leaves half of its places to nodes that answered last time', async () => {
    const { one, two } = await newSite({ forwards: 'hang' }, { concurrentDials: 2 });
    const pool = newPool({ dialTimeoutSeconds: 1 });
    const both = (): Promise<ExecResult[]> => Promise.all([exec(pool, one), exec(pool, two)]);
    expect((await both()).map(({ reason }) => reason)).toEqual(['connect_timeout', 'connect_timeout']);
    await until(() => pool.states().backoff === 0);
    const again = both();
    await until(() => pool.health().jumps[0]?.dialsInFlight === 1);
    expect(pool.health().jumps).toMatchObject([{ dialsInFlight: 1, dialsQueued: 1, dialsLimit: 2 }]);
    await again;
  });

  test('whose connection breaks takes those through it along, and all are there again in the next probe', async () => {
    const { bastion, one, two } = await newSite();
    const pool = newPool();
    await Promise.all([exec(pool, one), exec(pool, two)]);
    bastion.cut();
    const results = await Promise.all([exec(pool, one), exec(pool, two)]);
    expect(results.map(({ reason, connectionReused }) => [reason, connectionReused])).toEqual(
      Array(2).fill(['none', false]),
    );
    expect(bastion.logins()).toBe(2);
    expect(closed.filter((cause) => cause === 'jump')).toHaveLength(2);
  });

  test('that breaks off while a command runs is named', async () => {
    const { bastion, one, servers } = await newSite();
    let runs = 0;
    const slow = await newServer({
      onExec: (_command, channel) => {
        runs++;
        channel.write('half');
      },
    });
    appendFileSync(servers.one.knownHosts, readFileSync(slow.knownHosts, 'utf8'));
    const pool = newPool();
    const running = exec(pool, { ...one, port: slow.port, credential: makeNode(slow).credential });
    await until(() => runs === 1);
    await sleep(100);
    bastion.cut();
    expect(await running).toMatchObject({
      reason: 'connection_lost',
      message: expect.stringMatching(
        /^The connection broke: the jump host bastion broke off \(.+\)\.$/,
      ) as unknown,
      stdout: 'half',
    });
    expect(runs).toBe(1);
  });
});

describe('what is left behind', () => {
  test('is nothing when the pool is closed', async () => {
    const { bastion, one, two, servers } = await newSite();
    const pool = newPool();
    await Promise.all([exec(pool, one), exec(pool, two)]);
    expect([bastion.openForwards(), servers.one.openSockets()]).toEqual([2, 1]);
    pool.close();
    await until(() => bastion.openSockets() === 0 && bastion.openForwards() === 0);
    await until(() => servers.one.openSockets() === 0 && servers.two.openSockets() === 0);
    expect(closed).toHaveLength(3);
  });

  test('by a command that ran past its deadline is no channel and no socket', async () => {
    const { bastion, one, servers } = await newSite();
    const hanging = await newServer({ onExec: () => undefined });
    appendFileSync(servers.one.knownHosts, readFileSync(hanging.knownHosts, 'utf8'));
    const pool = newPool();
    const node = { ...one, port: hanging.port, credential: makeNode(hanging).credential };
    expect(await exec(pool, node, 0.5)).toMatchObject({ reason: 'command_timeout' });
    await until(() => bastion.openForwards() === 0 && hanging.openSockets() === 0);
    expect(pool.health().jumps[0]?.connections).toBe(0);
    expect(bastion.openSockets()).toBe(1);
  });

  test('by a jump host that nothing runs through any more is closed when it is idle, not before', async () => {
    const { bastion, one } = await newSite();
    const pool = newPool({ idleSeconds: 0 });
    await exec(pool, one);
    await until(() => bastion.openForwards() === 0);
    await until(() => bastion.openSockets() === 0);
    expect(closed).toEqual(['idle', 'idle']);
  });

  test('by a reload is what is still in use, and nothing else', async () => {
    const { bastion, jump, one, two } = await newSite();
    const pool = newPool();
    await Promise.all([exec(pool, one), exec(pool, two)]);
    pool.reconcile([{ ...one, jump: [{ ...jump, concurrentDials: 3 }] }], LIMITS);
    await until(() => bastion.openForwards() === 1);
    expect(await exec(pool, one)).toMatchObject({ connectionReused: true });
    expect(pool.health().jumps).toMatchObject([{ dialsLimit: 3, connections: 1 }]);
    pool.reconcile([], LIMITS);
    await until(() => bastion.openSockets() === 0);
    expect(pool.health().jumps).toEqual([]);
  });

  test('by a jump host that has grown old ends by itself, and what is new goes through a new one', async () => {
    const { bastion, one, two } = await newSite();
    const pool = newPool({ connectionAgeSeconds: 0 });
    await exec(pool, one);
    await exec(pool, two);
    expect(bastion.logins()).toBe(2);
    // The connection through the old one was not cut; it was old itself, and closed when it was idle.
    expect(await exec(pool, one)).toMatchObject({ reason: 'none' });
    await until(() => bastion.openSockets() <= 2);
    expect(closed.filter((cause) => cause !== 'age')).toEqual([]);
  });
});
