import { afterEach } from '@jest/globals';
import { startDeadline } from '../../core/deadline.js';
import type { ExecOptions, ExecResult } from '../../core/exec.js';
import { createLogger } from '../../core/logger.js';
import type { Credential, Node } from '../../inventory/node.js';
import { putOnPath } from '../../testing/put-on-path.js';
import { Pool, type PoolLimits } from '../pool.js';
import { makeNode } from './make-node.js';
import { startSshd, type Sshd, type SshdOptions } from './sshd.js';

/** A real sshd, the node that it is, and a pool to reach it with. */
export interface RealNode {
  readonly server: Sshd;
  readonly node: Node;
  readonly pool: Pool;
}

/** What tests against real servers need; everything ends with the test that began it. */
export interface RealNodes {
  readonly start: (options?: SshdOptions, credential?: Partial<Credential>) => Promise<RealNode>;
  readonly newPool: (limits?: Partial<PoolLimits>) => Pool;
  /** Is called after the test, the last one first. */
  readonly atEnd: (cleanup: () => unknown) => void;
}

export function realNodes(): RealNodes {
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });
  const newPool = (limits: Partial<PoolLimits> = {}): Pool => {
    const pool = new Pool({
      limits: {
        concurrentLogins: 8,
        dialTimeoutSeconds: 120,
        keepaliveSeconds: 15,
        idleSeconds: 600,
        connectionAgeSeconds: 3600,
        ...limits,
      },
      logger: createLogger('silent'),
    });
    cleanups.push(() => pool.close());
    return pool;
  };
  return {
    newPool,
    atEnd: (cleanup) => {
      cleanups.push(cleanup);
    },
    start: async (options = {}, credential = {}) => {
      if (credential.backend === 'openssh') await putOnPath('ssh');
      const server = await startSshd(options);
      cleanups.push(() => server.dispose());
      return { server, node: makeNode({ ...server, host: server.address, credential }), pool: newPool() };
    },
  };
}

/** Runs one command with a deadline. */
export function exec(
  pool: Pool,
  node: Node,
  command: string,
  seconds = 120,
  options: Partial<ExecOptions> = {},
): Promise<ExecResult> {
  const deadline = startDeadline(seconds);
  return pool
    .execFor(node)
    .exec(command, { signal: deadline.signal, maxOutputBytes: 1e6, ...options })
    .finally(() => deadline.clear());
}
