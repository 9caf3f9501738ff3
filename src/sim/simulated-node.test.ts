import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { buildBatch, endOfAnswer } from '../collectors/batch.js';
import { COLLECTORS } from '../collectors/registry.js';
import { createLogger } from '../core/logger.js';
import { DEFAULT_SOFTWARE } from '../core/software.js';
import { type FaultKind, type FaultSchedule, NO_FAULTS } from './faults.js';
import { makeKeyPair } from '../ssh/key-pair.js';
import { Pool } from '../ssh/pool.js';
import { makeNode } from '../ssh/testing/make-node.js';
import { createModel } from './model.js';
import { profileOf } from './profile.js';
import { type SimulatedNode, startSimulatedNode } from './simulated-node.js';

import { type TestClient, connect } from './testing/run-command.js';

const TOKEN = 'f00dfeedf00dfeedf00dfeedf00dfeed';
const NOW = 1_764_000_000;
const key = makeKeyPair();
const strangerKey = makeKeyPair();
const batch = buildBatch(
  COLLECTORS.filter(({ module }) => module === 'node'),
  DEFAULT_SOFTWARE,
);

/** A schedule that a test turns. */
let fault: FaultKind | undefined;
const faults: FaultSchedule = {
  ...NO_FAULTS,
  at: () => fault && { kind: fault, from: NOW - 60, until: NOW + 60 },
};
const model = createModel(profileOf({ name: 'ams-1', city: 'Amsterdam, NL', longitude: 4.9 }, 1), faults);

let node: SimulatedNode | undefined;
const clients: TestClient[] = [];

async function start(): Promise<SimulatedNode> {
  fault = undefined;
  node = await startSimulatedNode({
    model,
    host: '127.0.0.77',
    port: 0,
    user: 'pipefleet',
    clientKey: key.publicKey,
    now: () => NOW * 1_000,
  });
  return node;
}

async function logIn(
  target: SimulatedNode,
  privateKey = key.privateKey,
  user = 'pipefleet',
): Promise<TestClient> {
  const client = await connect(target, privateKey, user);
  clients.push(client);
  return client;
}

async function suffer(target: SimulatedNode, kind: FaultKind | undefined): Promise<void> {
  fault = kind;
  await target.update();
}

afterEach(async () => {
  await node?.stop();
  await Promise.all(clients.splice(0).map((client) => client.closed));
});

describe('simulated node', () => {
  test('answers a real batch over a real connection, again and again', async () => {
    const client = await logIn(await start());
    for (let time = 0; time < 3; time++) {
      const { stdout, stderr, exitCode } = await client.run(batch.command(TOKEN));
      expect({ stderr, exitCode, complete: batch.split(stdout, TOKEN).complete }).toEqual({
        stderr: '',
        exitCode: 0,
        complete: true,
      });
    }
    await client.end();
  });

  test('answers several batches at once on one connection', async () => {
    const client = await logIn(await start());
    const answers = await Promise.all(Array.from({ length: 5 }, () => client.run(batch.command(TOKEN))));
    for (const { stdout } of answers) expect(batch.split(stdout, TOKEN).complete).toBe(true);
  });

  test('runs nothing else', async () => {
    const client = await logIn(await start());
    expect(await client.run('uptime')).toEqual({
      stdout: '',
      stderr: expect.stringContaining('simulated node'),
      exitCode: 127,
    });
  });

  test('answers a program that stays on its channel, one request a line', async () => {
    const target = await start();
    const pool = new Pool({
      limits: {
        concurrentLogins: 1,
        dialTimeoutSeconds: 120,
        keepaliveSeconds: 60,
        idleSeconds: 60,
        connectionAgeSeconds: 600,
      },
      logger: createLogger('silent'),
    });
    const folder = mkdtempSync(join(tmpdir(), 'pipefleet-sim-'));
    writeFileSync(join(folder, 'key'), key.privateKey, { mode: 0o600 });
    writeFileSync(join(folder, 'known_hosts'), `[${target.host}]:${target.port} ${target.hostKey}\n`);
    const exec = pool.execFor(
      makeNode({ ...target, keyFile: join(folder, 'key'), knownHosts: join(folder, 'known_hosts') }),
    );
    const ask = async (): Promise<{ complete: boolean; isStanding: boolean }> => {
      const { stdout, phases } = await exec.exec(batch.command(TOKEN), {
        signal: AbortSignal.timeout(120_000),
        maxOutputBytes: 1_000_000,
        standing: { program: batch.standing, request: TOKEN, end: endOfAnswer(TOKEN) },
      });
      return { complete: batch.split(stdout, TOKEN).complete, isStanding: phases.channel === 0 };
    };
    expect(await ask()).toEqual({ complete: true, isStanding: false });
    expect(await ask()).toEqual({ complete: true, isStanding: false });
    let last = await ask();
    while (!last.isStanding) last = await ask();
    expect(last).toEqual({ complete: true, isStanding: true });
    expect(await ask()).toEqual({ complete: true, isStanding: true });
    pool.close();
    rmSync(folder, { recursive: true });
  });

  test('lets nobody else in', async () => {
    const target = await start();
    await expect(logIn(target, strangerKey.privateKey)).rejects.toThrow('authentication');
    await expect(logIn(target, key.privateKey, 'root')).rejects.toThrow('authentication');
  });

  test('has its port and its key again after it was unreachable', async () => {
    const target = await start();
    const client = await logIn(target);
    await suffer(target, 'unreachable');
    await client.closed;
    await expect(logIn(target)).rejects.toThrow('ECONNREFUSED');
    await suffer(target, undefined);
    expect(await (await logIn(target)).run('uptime')).toMatchObject({ exitCode: 127 });
  });

  test('refuses the key, and ends connections that were let in before', async () => {
    const target = await start();
    const client = await logIn(target);
    await suffer(target, 'auth_refused');
    await client.closed;
    await expect(logIn(target)).rejects.toThrow('authentication');
    await suffer(target, undefined);
    await logIn(target);
  });

  test('shows another host key for a while', async () => {
    const target = await start();
    await suffer(target, 'host_key_changed');
    await expect(logIn(target)).rejects.toThrow('verification failed');
    await suffer(target, undefined);
    await logIn(target);
  });

  test('leaves a command hanging', async () => {
    const target = await start();
    const client = await logIn(target);
    await suffer(target, 'hang');
    const hanging = client.run(batch.command(TOKEN));
    expect(await client.run('uptime')).toMatchObject({ exitCode: 127 });
    await target.stop();
    expect(await hanging).toEqual({ stdout: '', stderr: '', exitCode: undefined });
  });

  test('stays down when a fault ends after it was stopped', async () => {
    const target = await start();
    await suffer(target, 'unreachable');
    await target.stop();
    await suffer(target, undefined);
    await expect(logIn(target)).rejects.toThrow('ECONNREFUSED');
  });

  test('takes 127.0.0.1 where the system does not have the address', async () => {
    const other = await startSimulatedNode({
      model,
      host: '192.0.2.1',
      port: 0,
      user: 'pipefleet',
      clientKey: key.publicKey,
      now: () => NOW * 1_000,
    });
    try {
      expect(other.host).toBe('127.0.0.1');
      expect(await (await logIn(other)).run('uptime')).toMatchObject({ exitCode: 127 });
    } finally {
      await other.stop();
    }
  });

  test('says in one sentence that a port is taken', async () => {
    const { host, port } = await start();
    const second = startSimulatedNode({
      model,
      host,
      port,
      user: 'x',
      clientKey: key.publicKey,
      now: Date.now,
    });
    await expect(second).rejects.toMatchObject({
      code: 'listen_failed',
      message: expect.stringContaining(`cannot listen on ${host} port ${port}`),
    });
  });
});
