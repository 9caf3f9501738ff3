import { afterEach, describe, expect, test } from '@jest/globals';
import { createLogger } from '../core/logger.js';
import { Pool } from './pool.js';
import type { Attempt } from '../core/attempt.js';
import { restrictionsTried } from './restrictions.js';
import { makeNode } from './testing/make-node.js';
import { startSshd } from './testing/sshd.js';

const LIMITS = {
  concurrentLogins: 8,
  dialTimeoutSeconds: 120,
  keepaliveSeconds: 15,
  idleSeconds: 600,
  connectionAgeSeconds: 3600,
};
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** What a real sshd says to each attempt when the key has these options. */
async function attempts(keyOptions: string | undefined): Promise<readonly Attempt[]> {
  const server = await startSshd({
    config: ['Subsystem sftp internal-sftp'],
    ...(keyOptions !== undefined && { keyOptions }),
  });
  cleanups.push(() => server.dispose());
  const node = makeNode({ ...server, host: server.address });
  const pool = new Pool({ limits: LIMITS, logger: createLogger('silent') });
  cleanups.push(() => pool.close());
  await pool.execFor(node).exec('true', { signal: AbortSignal.timeout(120_000), maxOutputBytes: 1000 });
  return (await pool.tryRestrictions(node)) ?? [];
}

describe('what a key must not be able to do', () => {
  test('is refused when the key has a forced command and restrict', async () => {
    const all = await attempts('restrict,command="echo no >&2; exit 126"');
    expect(all.map(({ what, result }) => [what, result])).toEqual(
      restrictionsTried.map((what) => [what, 'refused']),
    );
  });

  test('is seen to be allowed when the key has neither', async () => {
    const all = await attempts(undefined);
    const refused = all.filter(({ result }) => result !== 'allowed').map(({ what }) => what);
    // Nothing may listen at the socket.
    expect(refused.filter((what) => what !== 'a tunnel to a socket on the node')).toEqual([]);
  });

  test('is refused too when the node pours out words without end, of which little is kept', async () => {
    const all = await attempts('restrict,command="head -c 3000000 /dev/zero | tr \'\\\\0\' x; exit 126"');
    expect(all.filter(({ result }) => result === 'allowed')).toEqual([]);
    for (const { detail } of all) expect(detail.length).toBeLessThan(200);
  });

  test('is told apart: a forced command without restrict leaves the tunnels open', async () => {
    const all = await attempts('command="echo no >&2; exit 126"');
    const allowed = all.filter(({ result }) => result === 'allowed').map(({ what }) => what);
    expect(allowed.filter((what) => what !== 'a tunnel to a socket on the node')).toEqual([
      'a tunnel to another address',
      'a port on the node',
    ]);
  });
});
