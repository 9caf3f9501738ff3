import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { startDeadline } from '../core/deadline.js';
import type { ExecResult } from '../core/exec.js';
import { createLogger } from '../core/logger.js';
import type { Node } from '../inventory/node.js';
import { sketchNode } from '../inventory/testing/sketches.js';
import { PhaseClock } from './phase-clock.js';
import { Pool } from './pool.js';
import { raceAddresses } from './race.js';
import { SshFailure } from './ssh-failure.js';
import { startDeadAddress } from './testing/dead-address.js';
import { makeNode } from './testing/make-node.js';
import { freePort, startSshd, type Sshd, type SshdOptions } from './testing/sshd.js';
import { startTcpServer } from './testing/tcp-server.js';
import type { Wire } from './wire.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function sshd(options: SshdOptions = {}): Promise<{ server: Sshd; node: Node }> {
  const server = await startSshd(options);
  cleanups.push(() => server.dispose());
  return { server, node: makeNode({ ...server, host: server.address }) };
}

function exec(node: Node, dialTimeoutSeconds = 10): Promise<ExecResult> {
  const pool = new Pool({
    limits: {
      concurrentLogins: 8,
      dialTimeoutSeconds,
      keepaliveSeconds: 15,
      idleSeconds: 600,
      connectionAgeSeconds: 3600,
    },
    logger: createLogger('silent'),
  });
  cleanups.push(() => pool.close());
  const deadline = startDeadline(20);
  return pool
    .execFor(node)
    .exec('echo ok', { signal: deadline.signal, maxOutputBytes: 1000 })
    .finally(() => deadline.clear());
}

describe('a node with several addresses', () => {
  test('is known by its host name, whatever address it is reached at', async () => {
    const { server, node } = await sshd({ address: '127.0.0.7' });
    const hostKey = readFileSync(`${server.hostKeyFile}.pub`, 'utf8');
    writeFileSync(server.knownHosts, `[node.invalid]:${server.port} ${hostKey}`);
    const named = { ...node, host: 'node.invalid', addresses: ['127.0.0.8', '127.0.0.7'] };
    const result = await exec(named);
    expect(result).toMatchObject({ reason: 'none', stdout: 'ok\n' });
    expect(result.phases.resolve).toBe(0);
  });

  test('is reached although the first of them is dead', async () => {
    const dead = await startDeadAddress('127.0.0.9');
    cleanups.push(() => dead.stop());
    const { node } = await sshd({ port: dead.port });
    const result = await exec({ ...node, addresses: ['127.0.0.9', '127.0.0.1'] });
    expect(result).toMatchObject({ reason: 'none' });
    // The head start of the first.
    expect(result.phases.connect).toBeGreaterThan(0.9);

    expect(await exec({ ...node, addresses: ['127.0.0.9'] }, 1.5)).toMatchObject({
      reason: 'connect_timeout',
      message: 'Nothing answered the connection in time.',
    });
    expect(await exec({ ...node, addresses: ['127.0.0.9', '127.0.0.3'] }, 1.5)).toMatchObject({
      reason: 'connect',
      message: `No address of 127.0.0.1 can be connected to at port ${dead.port}: 127.0.0.3 (ECONNREFUSED), 127.0.0.9 (no answer).`,
    });
  });

  test('that all refuse says so of each', async () => {
    const { node } = await sshd();
    const port = await freePort();
    expect(await exec({ ...node, port, addresses: ['127.0.0.1', '127.0.0.2', '::1'] })).toMatchObject({
      reason: 'connect',
      message: `No address of 127.0.0.1 can be connected to at port ${port}: 127.0.0.1 (ECONNREFUSED), 127.0.0.2 (ECONNREFUSED), ::1 (ECONNREFUSED).`,
    });
  });
});

test('an IPv6 address is reached, and known by its name in brackets', async () => {
  const { server, node } = await sshd({ address: '::1' });
  expect(readFileSync(server.knownHosts, 'utf8')).toMatch(/^\[::1\]:\d+ ssh-ed25519 /);
  expect(await exec(node)).toMatchObject({ reason: 'none', stdout: 'ok\n' });
});

test('a host name is reached at whichever of its addresses listens', async () => {
  const { server, node } = await sshd();
  const hostKey = readFileSync(`${server.hostKeyFile}.pub`, 'utf8');
  writeFileSync(server.knownHosts, `[localhost]:${server.port} ${hostKey}`);
  expect(await exec({ ...node, host: 'localhost' })).toMatchObject({ reason: 'none' });
});

describe('a race of addresses', () => {
  const hop = sketchNode({ host: 'fra-1' });
  const stage = (signal: AbortSignal) => ({
    clock: new PhaseClock('connect'),
    signal,
    lastReason: undefined,
  });
  const refused = new SshFailure('connect', 'Refused.', { cause: new Error('refused') });

  /** Attempts that the test decides, by address. */
  function attempts() {
    const running = new Map<
      string,
      { succeed: (wire: Wire) => void; fail: (failure: SshFailure) => void; signal: AbortSignal }
    >();
    const attempt = (address: string, signal: AbortSignal): Promise<Wire> =>
      new Promise((resolve, reject) => {
        running.set(address, { succeed: resolve, fail: reject, signal });
        signal.addEventListener('abort', () => reject(new SshFailure('connect_timeout', 'Late.')));
      });
    return { running, attempt };
  }

  async function wire(): Promise<Wire> {
    const server = await startTcpServer(() => undefined);
    cleanups.push(() => server.stop());
    const socket = connect(server.port, '127.0.0.1').on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  }

  test('gives the first a second, then tries the next beside it, and takes whichever answers', async () => {
    const { running, attempt } = attempts();
    const startedAt = performance.now();
    const won = raceAddresses(hop, ['a', 'b'], attempt, stage(new AbortController().signal));
    expect([...running.keys()]).toEqual(['a']);
    while (running.size < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(performance.now() - startedAt).toBeGreaterThan(900);
    const first = await wire();
    running.get('a')?.succeed(first);
    expect(await won).toBe(first);
    expect(running.get('b')?.signal.aborted).toBe(true);
  });

  test('closes what opens too late', async () => {
    const { running, attempt } = attempts();
    const won = raceAddresses(hop, ['a', 'b'], attempt, stage(new AbortController().signal));
    while (running.size < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    const [first, second] = [await wire(), await wire()];
    running.get('b')?.succeed(second);
    running.get('a')?.succeed(first);
    expect(await won).toBe(second);
    await new Promise(setImmediate);
    expect(first.destroyed).toBe(true);
  });

  test('goes on at once when one has failed, and says at the deadline what became of each', async () => {
    const { running, attempt } = attempts();
    const controller = new AbortController();
    const won = raceAddresses(hop, ['a', 'b', 'c'], attempt, stage(controller.signal));
    running.get('a')?.fail(refused);
    await new Promise(setImmediate);
    expect([...running.keys()]).toEqual(['a', 'b']);
    controller.abort('deadline');
    await expect(won).rejects.toMatchObject({
      reason: 'connect',
      message: 'No address of fra-1 can be connected to at port 22: a (refused), b (no answer).',
    });
  });
});
