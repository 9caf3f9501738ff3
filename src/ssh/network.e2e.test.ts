import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, expect, test } from '@jest/globals';
import { startDeadline } from '../core/deadline.js';
import type { ExecResult } from '../core/exec.js';
import { createLogger } from '../core/logger.js';
import type { Node } from '../inventory/node.js';
import { Pool } from './pool.js';
import { makeJump } from './testing/make-jump.js';
import { makeNode } from './testing/make-node.js';
import { startGateway, startNetwork, whyNoNetwork } from './testing/network.js';
import { startSshd, type Sshd } from './testing/sshd.js';
import type { TcpServer } from './testing/tcp-server.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const missing = whyNoNetwork();
if (missing !== undefined) process.stderr.write(`Tests in network namespaces are left out: ${missing}\n`);

function exec(pool: Pool, node: Node): Promise<ExecResult> {
  const deadline = startDeadline(20);
  return pool
    .execFor(node)
    .exec('echo $SSH_CONNECTION', { signal: deadline.signal, maxOutputBytes: 1000 })
    .finally(() => deadline.clear());
}

// With root, as in CI, it always runs; an ordinary account is told why it does not.
(missing === undefined ? test : test.skip)(
  'nodes that only the bastion can reach are reached through it, by the addresses that they have there',
  async () => {
    const network = startNetwork({ outside: ['exporter', 'bastion'], inside: ['bastion', 'one', 'two'] });
    cleanups.push(() => network.remove());
    const start = async (name: string, on: string): Promise<Sshd> => {
      const { addresses, within } = network.host(name);
      const server = await startSshd({ address: addresses[on] ?? '', port: 22, within });
      cleanups.push(() => server.dispose());
      return server;
    };
    const [bastion, one, two] = await Promise.all([
      start('bastion', 'outside'),
      start('one', 'inside'),
      start('two', 'inside'),
    ]);
    const gateway = async (to: Sshd): Promise<TcpServer> => {
      const server = await startGateway(network.host('exporter'), to.address, to.port);
      cleanups.push(() => server.stop());
      return server;
    };
    const { port } = await gateway(bastion);
    writeFileSync(
      bastion.knownHosts,
      `[127.0.0.1]:${port} ${readFileSync(`${bastion.hostKeyFile}.pub`, 'utf8')}`,
    );
    const pool = new Pool({
      limits: {
        concurrentLogins: 8,
        dialTimeoutSeconds: 120,
        keepaliveSeconds: 15,
        idleSeconds: 600,
        connectionAgeSeconds: 3600,
      },
      logger: createLogger('silent'),
    });
    cleanups.push(() => pool.close());
    const knownHosts = [bastion, one, two].map((each) => each.knownHosts);
    const jump = [makeJump({ port, keyFile: bastion.keyFile })];
    const behind = (server: Sshd): Node =>
      makeNode({ ...server, name: server.address, host: server.address, parts: { jump, knownHosts } });

    // Without the bastion there is no way.
    const direct = await gateway(one);
    expect(await exec(pool, makeNode({ ...one, port: direct.port }))).toMatchObject({ reason: 'handshake' });

    const inside = network.host('bastion').addresses['inside'] ?? '';
    const result = await exec(pool, behind(one));
    expect(result).toMatchObject({ reason: 'none', connectionReused: false });
    // The node sees the bastion, not us.
    expect(result.stdout).toMatch(new RegExp(`^${inside} \\d+ ${one.address} 22\n$`));

    // A node that is cut off is told from a bastion that is, and costs the others nothing.
    network.cut('two');
    const [cut, well] = await Promise.all([exec(pool, behind(two)), exec(pool, behind(one))]);
    expect(cut.reason).toMatch(/^connect(?:_timeout)?$/);
    expect(well).toMatchObject({ reason: 'none', connectionReused: true });
    expect(pool.health().jumps).toMatchObject([{ jump: 'bastion', up: true, connections: 1 }]);
  },
);
