import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { startDeadline } from '../core/deadline.js';
import type { ExecResult } from '../core/exec.js';
import { createLogger } from '../core/logger.js';
import type { JumpHost, Node } from '../inventory/node.js';
import { Pool } from './pool.js';
import { makeJump } from './testing/make-jump.js';
import { makeNode } from './testing/make-node.js';
import { freePort, startSshd, type Sshd, type SshdOptions } from './testing/sshd.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function sshd(options: SshdOptions = {}): Promise<Sshd> {
  const server = await startSshd(options);
  cleanups.push(() => server.dispose());
  return server;
}

function newPool(dialTimeoutSeconds = 60): Pool {
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
  return pool;
}

function exec(pool: Pool, node: Node, command = 'echo ok'): Promise<ExecResult> {
  const deadline = startDeadline(120);
  return pool
    .execFor(node)
    .exec(command, { signal: deadline.signal, maxOutputBytes: 1e6 })
    .finally(() => deadline.clear());
}

/** A node behind jump hosts, the first to connect to first. */
function behind(server: Sshd, hops: readonly Sshd[], parts: Partial<Node> = {}): Node {
  const jump: JumpHost[] = hops.map((hop, index) => makeJump({ ...hop, name: `hop-${index}` }));
  const knownHosts = [server, ...hops].map((each) => each.knownHosts);
  return makeNode({ ...server, host: server.address, parts: { jump, knownHosts, ...parts } });
}

const logins = (server: Sshd): number => server.log().match(/Accepted publickey/g)?.length ?? 0;

describe('a real OpenSSH bastion', () => {
  test('with a key that may open connections to the nodes and nothing else', async () => {
    const [one, two, other] = await Promise.all([sshd(), sshd(), sshd()]);
    const bastion = await sshd({
      keyOptions: `restrict,port-forwarding,permitopen="${one.address}:${one.port}",permitopen="${two.address}:${two.port}",command="/bin/false"`,
    });
    const pool = newPool();
    const results = await Promise.all([one, two, one].map((node) => exec(pool, behind(node, [bastion]))));
    expect(results.map(({ reason, stdout }) => [reason, stdout])).toEqual([
      ['none', 'ok\n'],
      ['none', 'ok\n'],
      ['none', 'ok\n'],
    ]);
    const refused = await exec(pool, behind(other, [bastion]));
    expect(refused).toMatchObject({
      reason: 'jump',
      message: `The jump host hop-0 does not let user pipefleet connect to ${other.address} port ${other.port}; see AllowTcpForwarding and PermitOpen in its sshd_config, and port-forwarding and permitopen= before the key in authorized_keys.`,
    });
    expect(refused.retryAfterSeconds).toBeGreaterThan(0);
  });

  test('that forbids forwarding for all is named as well', async () => {
    const [node, bastion] = await Promise.all([sshd(), sshd({ config: ['AllowTcpForwarding no'] })]);
    const result = await exec(newPool(), behind(node, [bastion]));
    expect(result.reason).toBe('jump');
    expect(result.message).toContain('AllowTcpForwarding');
  });

  test('has nothing to do with what fails behind it', async () => {
    const [node, bastion] = await Promise.all([sshd(), sshd()]);
    const nobody = await freePort();
    const pool = newPool();
    expect(await exec(pool, behind(node, [bastion], { port: nobody }))).toMatchObject({
      reason: 'connect',
      message: `The connection to 127.0.0.1 port ${nobody}, as the jump host hop-0 sees it, was refused; is sshd running and the port right?`,
    });
    expect(await exec(pool, behind(node, [bastion], { host: 'node.invalid' }))).toMatchObject({
      reason: 'dns',
    });
    const addresses = ['127.0.0.9', '127.0.0.1'];
    expect(await exec(pool, behind(node, [bastion], { addresses }))).toMatchObject({ reason: 'none' });
    expect(logins(bastion)).toBe(1);
  });

  test('behind another, each with a host key and an account of its own', async () => {
    const [node, inner, outer] = await Promise.all([sshd(), sshd(), sshd()]);
    const pool = newPool();
    const far = behind(node, [outer, inner]);
    expect(await exec(pool, far)).toMatchObject({ reason: 'none', stdout: 'ok\n' });
    expect([outer, inner, node].map(logins)).toEqual([1, 1, 1]);

    writeFileSync(inner.knownHosts, readFileSync(node.knownHosts));
    const pool2 = newPool();
    const result = await exec(pool2, far);
    expect(result.reason).toBe('jump');
    expect(result.message).toMatch(
      /^The jump host hop-1 \(.+\) cannot be used: The host key is in no known_hosts/,
    );
    expect(pool2.health().jumps.map(({ jump, up }) => [jump, up])).toEqual([
      ['hop-0', true],
      ['hop-1', false],
    ]);
  });

  test('that was restarted is used again by the very next probe', async () => {
    const [node, bastion] = await Promise.all([sshd(), sshd()]);
    const pool = newPool();
    await exec(pool, behind(node, [bastion]));
    await bastion.crash();
    await bastion.start();
    expect(await exec(pool, behind(node, [bastion]))).toMatchObject({
      reason: 'none',
      connectionReused: false,
    });
    expect([bastion, node].map(logins)).toEqual([2, 2]);
  });

  test('that is frozen is told from a dead node behind it', async () => {
    const [node, second, bastion] = await Promise.all([sshd(), sshd(), sshd()]);
    const knownHosts = [node, second, bastion].map((each) => each.knownHosts);
    const pool = newPool(10);
    await exec(pool, behind(node, [bastion], { knownHosts }));
    const frozen = bastion.sessions();
    for (const pid of frozen) process.kill(pid, 'SIGSTOP');
    try {
      expect(await exec(pool, behind(second, [bastion], { knownHosts }))).toMatchObject({
        reason: 'jump',
        message: 'The jump host hop-0 does not answer any more.',
      });
    } finally {
      for (const pid of frozen) process.kill(pid, 'SIGCONT');
    }
  });

  test('with MaxStartups 3 carries fifty nodes, four at a time, over one login', async () => {
    const bastion = await sshd({ config: ['MaxStartups 3:100:3'] });
    const many = await sshd({ address: '0.0.0.0', config: ['MaxStartups 200'] });
    const hostKey = readFileSync(`${many.hostKeyFile}.pub`, 'utf8');
    writeFileSync(many.knownHosts, `[127.0.2.*]:${many.port} ${hostKey}`);
    const jump = makeJump({ ...bastion, concurrentDials: 4 });
    const pool = newPool();
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, pool.health().jumps[0]?.dialsInFlight ?? 0);
    }, 1);
    cleanups.push(() => clearInterval(watch));
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        exec(
          pool,
          makeNode({
            ...many,
            name: `node-${index}`,
            host: `127.0.2.${index + 1}`,
            parts: { jump: [jump], knownHosts: [many.knownHosts, bastion.knownHosts] },
          }),
        ),
      ),
    );
    expect(results.filter(({ reason }) => reason !== 'none')).toEqual([]);
    expect(logins(bastion)).toBe(1);
    expect(bastion.log()).not.toContain('drop connection');
    expect(most).toBeLessThanOrEqual(4);
    expect(pool.health().jumps).toMatchObject([{ connections: 50, dialsInFlight: 0, dialsQueued: 0 }]);

    expect(openConnections(many.port)).toBe(50);
    pool.close();
    await untilOk(() => openConnections(many.port) === 0);
  });
});

/** Connections to a port that are established, as the kernel counts them on this side. */
function openConnections(port: number): number {
  const established = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .filter((line) => / 01 /.test(line));
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return established.filter((line) => line.includes(`:${hex} 01 `)).length;
}

async function untilOk(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(20);
}
