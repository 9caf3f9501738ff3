import { connect } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startDeadline } from '../core/deadline.js';
import type { ExecResult } from '../core/exec.js';
import type { FailureReason } from '../core/failure.js';
import { createLogger } from '../core/logger.js';
import { NOBODY } from '../core/pool-observer.js';
import type { Node } from '../inventory/node.js';
import { backoffSeconds } from './backoff.js';
import { Pool } from './pool.js';
import { makeNode } from './testing/make-node.js';
import { startSshd, type Sshd, type SshdOptions } from './testing/sshd.js';
import { startTcpServer } from './testing/tcp-server.js';

const cleanups: (() => unknown)[] = [];
let dials: FailureReason[] = [];
beforeEach(() => {
  dials = [];
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function newPool(): Pool {
  const pool = new Pool({
    limits: {
      concurrentLogins: 8,
      dialTimeoutSeconds: 120,
      keepaliveSeconds: 15,
      idleSeconds: 600,
      connectionAgeSeconds: 3600,
    },
    logger: createLogger('silent'),
    observer: { ...NOBODY, dialled: (reason) => dials.push(reason) },
  });
  cleanups.push(() => pool.close());
  return pool;
}

async function sshd(options: SshdOptions = {}): Promise<{ server: Sshd; node: Node }> {
  const server = await startSshd(options);
  cleanups.push(() => server.dispose());
  return { server, node: makeNode({ ...server, host: server.address }) };
}

function exec(pool: Pool, node: Node): Promise<ExecResult> {
  const deadline = startDeadline(20);
  return pool
    .execFor(node)
    .exec('echo ok', { signal: deadline.signal, maxOutputBytes: 1000 })
    .finally(() => deadline.clear());
}

/** A node whose key nobody knows. */
async function stranger(node: Node): Promise<Node> {
  const { node: other } = await sshd();
  return { ...node, credential: other.credential };
}

/** Penalties of a second or more count at once, and a failed login costs twenty. */
const STRICT = ['PerSourcePenalties authfail:20 noauth:20 min:1 max:60'];

describe('the newest OpenSSH', () => {
  test('shuts an address out after failed logins, which is said and waited for like a refused key', async () => {
    const { server, node } = await sshd({ release: 'sshd-sid', config: STRICT });
    const wrong = await stranger(node);
    expect(await exec(newPool(), wrong)).toMatchObject({ reason: 'auth' });
    await untilLogged(server, /activating ipv4 authfail penalty|penalty: failed authentication|authfail/i);

    // Also who has the right key is shut out now, as it is the address that is.
    const pool = newPool();
    const result = await exec(pool, node);
    expect(result.reason).toBe('penalty');
    expect(result.message).toContain('PerSourcePenalties');
    expect(result.message).toContain('PerSourcePenaltyExemptList');
    expect(result.retryAfterSeconds).toBeGreaterThan(9);
    await untilLogged(server, /drop connection .*penalty: failed authentication/);
  });

  test('with its default penalties is not provoked by the pace at which a refused key is tried again', async () => {
    const { server, node } = await sshd({ release: 'sshd-sid' });
    const pool = newPool();
    const wrong = await stranger(node);
    const results: ExecResult[] = [];
    for (let probe = 0; probe < 10; probe++) results.push(await exec(pool, wrong));
    expect(new Set(results.map(({ reason }) => reason))).toEqual(new Set(['auth']));
    expect(dials).toEqual(['auth']);
    expect(await exec(newPool(), node)).toMatchObject({ reason: 'none' });
    expect(server.log()).not.toContain('drop connection');
  });

  test('would hold no second failure against us that comes at this pace', () => {
    // The defaults of sshd_config(5): a failed login costs 5 s, and 15 s have to come together before anything is refused.
    let now = 0;
    let penaltyUntil = 0;
    for (let failures = 1; failures <= 10; failures++) {
      penaltyUntil = Math.max(now, penaltyUntil) + 5;
      expect(penaltyUntil - now).toBeLessThan(15);
      now += backoffSeconds('auth', failures, 0);
    }
  });

  test('that has too many logins under way says the same, in other words of its log', async () => {
    const { server, node } = await sshd({ release: 'sshd-sid', config: ['MaxStartups 1:100:1'] });
    const socket = connect(server.port, server.address);
    cleanups.push(() => socket.destroy());
    await once(socket, 'data');
    expect(await exec(newPool(), node)).toMatchObject({ reason: 'penalty' });
    await untilLogged(server, /drop connection .*MaxStartups/i);
  });
});

test('OpenSSH before 9.8 says that MaxStartups is exceeded', async () => {
  const { node } = await sshd();
  const port = await startTcpServer((socket) => socket.end('Exceeded MaxStartups\r\n'));
  cleanups.push(() => port.stop());
  expect(await exec(newPool(), { ...node, port: port.port })).toMatchObject({
    reason: 'handshake',
    message:
      'sshd has as many logins under way as its MaxStartups allows, and hung up; somebody may be guessing passwords there.',
  });
});

test('a greeting before the version is no refusal', async () => {
  const { server, node } = await sshd();
  const greeter = await startTcpServer((socket) => {
    socket.write('Welcome, all that is logged here is Not allowed at this time to be secret.\r\n');
    const through = connect(server.port, server.address).on('error', () => undefined);
    socket.pipe(through).pipe(socket);
  });
  cleanups.push(() => greeter.stop());
  // What is refused is the host key, which is known under another port.
  expect(await exec(newPool(), { ...node, port: greeter.port })).toMatchObject({
    reason: 'host_key_unknown',
  });
});

async function untilLogged(server: Sshd, line: RegExp): Promise<void> {
  while (!line.test(server.log())) await sleep(20);
}
