import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startDeadline } from '../core/deadline.js';
import type { ExecResult } from '../core/exec.js';
import type { FailureReason } from '../core/failure.js';
import { createLogger } from '../core/logger.js';
import { NOBODY } from '../core/pool-observer.js';
import type { Node } from '../inventory/node.js';
import { Pool, type PoolLimits } from './pool.js';
import { makeNode } from './testing/make-node.js';
import { startSshServer, type SshServer } from './testing/ssh-server.js';
import { startTcpServer } from './testing/tcp-server.js';

const NODES = 60;
const LIMITS: PoolLimits = {
  concurrentLogins: 4,
  dialTimeoutSeconds: 120,
  keepaliveSeconds: 15,
  idleSeconds: 600,
  connectionAgeSeconds: 3600,
};

let server: SshServer;
let pool: Pool;
let dials: FailureReason[] = [];
/** Logins under way, and the most that there were. */
let loggingIn = 0;
let most = 0;

beforeEach(async () => {
  [dials, loggingIn, most] = [[], 0, 0];
  server = await startSshServer({});
  pool = newPool(LIMITS);
});
afterEach(async () => {
  pool.close();
  await server.stop();
});

function newPool(limits: PoolLimits): Pool {
  return new Pool({
    limits,
    logger: createLogger('silent'),
    observer: {
      ...NOBODY,
      dialled: (reason) => dials.push(reason),
      queued: () => (most = Math.max(most, ++loggingIn)),
      loggedIn: () => loggingIn--,
    },
  });
}

/** Nodes with an account each, and so with a connection each. */
function fleetAt(node: Node): Node[] {
  return Array.from({ length: NODES }, (_, index) => ({
    ...node,
    name: `node-${index}`,
    credential: { ...node.credential, user: `user-${index}` },
  }));
}

function execAll(nodes: readonly Node[], seconds = 120): Promise<ExecResult[]> {
  const deadline = startDeadline(seconds);
  const options = { signal: deadline.signal, maxOutputBytes: 1e6 };
  return Promise.all(nodes.map((node) => pool.execFor(node).exec('true', options))).finally(() =>
    deadline.clear(),
  );
}

describe('a herd of nodes', () => {
  test('that is asked all at once after a start is logged in to a few at a time, each once', async () => {
    const results = await execAll(fleetAt(makeNode(server)));
    expect(new Set(results.map(({ reason }) => reason))).toEqual(new Set(['none']));
    expect(most).toBe(LIMITS.concurrentLogins);
    expect([server.logins(), dials.length]).toEqual([NODES, NODES]);
    expect(pool.health().queuedLogins).toBe(0);
  });

  test('that was lost together comes back a few at a time, each once', async () => {
    const nodes = fleetAt(makeNode(server));
    await execAll(nodes);
    server.cut();
    while (pool.states().ready > 0) await new Promise(setImmediate);
    most = 0;
    const results = await execAll(nodes);
    expect(new Set(results.map(({ reason }) => reason))).toEqual(new Set(['none']));
    expect(most).toBeLessThanOrEqual(LIMITS.concurrentLogins);
    expect(server.logins()).toBe(2 * NODES);
  });

  test('that cannot be reached waits, each for a while of its own, and is not dialled before', async () => {
    const closed = await startTcpServer(() => undefined);
    closed.stop();
    const gone = fleetAt({ ...makeNode(server), port: closed.port });
    const first = await execAll(gone);
    expect(new Set(first.map(({ reason }) => reason))).toEqual(new Set(['connect']));
    const waits = first.map(({ retryAfterSeconds }) => retryAfterSeconds);
    // Half of each wait is chance: in step are two of them at most by accident.
    expect(new Set(waits).size).toBeGreaterThan(NODES / 2);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1);
    const before = dials.length;
    // Whoever asks again before its wait is over gets the same answer for nothing.
    const again = await execAll(gone);
    const held = again.filter(({ message }) => message.includes('Next attempt in')).length;
    expect(dials.length - before).toBe(NODES - held);
  });

  test('that greets and then says nothing fills no queue: what was given up takes no turn', async () => {
    const silent = await startTcpServer((socket) => socket.write('SSH-2.0-silent\r\n'));
    try {
      pool.close();
      pool = newPool({ ...LIMITS, concurrentLogins: 1, dialTimeoutSeconds: 0.2 });
      const nodes = fleetAt({ ...makeNode(server), port: silent.port });
      for (let round = 0; round < 4; round++) {
        await execAll(nodes, 1);
        expect(pool.health().queuedLogins).toBeLessThanOrEqual(2 * NODES);
        // As after a reload: no wait is left.
        pool.reconcile(nodes, { ...LIMITS, concurrentLogins: 1, dialTimeoutSeconds: 0.2 });
      }
      while (pool.states().dialing > 0) await new Promise((resolve) => setTimeout(resolve, 20));
      expect(pool.health().queuedLogins).toBe(0);
    } finally {
      silent.stop();
    }
  });
});
