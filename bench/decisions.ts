import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Gauge, Registry } from 'prom-client';
import ssh2 from 'ssh2';
import { COLLECTORS } from '../src/collectors/registry.js';
import { quote } from '../src/core/shell.js';
import { startDeadline } from '../src/core/deadline.js';
import { createLogger } from '../src/core/logger.js';
import { renderExposition } from '../src/metrics/exposition.js';
import { Pool } from '../src/ssh/pool.js';
import { makeNode } from '../src/ssh/testing/make-node.js';
import { startSshd, type Sshd } from '../src/ssh/testing/sshd.js';
import { findTool } from '../src/stack/tools.js';
import { compareBackends } from './backends.js';
import { type Comparison, cpuPerCall, tableOf } from './measure.js';
import type { Bench, BenchResult } from './result.js';
import { quantile } from './spread.js';
import { versionOf } from './versions.js';

/** What docs/decisions.md claims, each claim beside its alternative. */
export const decisions: Bench = {
  name: 'decisions',
  what: 'CPU of what was chosen beside what was not.',
  minutes: 1,
  run: measureDecisions,
};

async function measureDecisions(): Promise<BenchResult> {
  const server = await startSshd();
  try {
    const table = tableOf([
      await connections(server),
      await exposition(),
      files(),
      await keyExchange(),
      ...(await compareBackends(server)),
      await decryption(server),
    ]);
    return { versions: { OpenSSH: await versionOf('sshd') }, tables: [table] };
  } finally {
    await server.dispose();
  }
}

/** CPU of the exporter for one command on a kept connection, and with a login each time, against a real sshd. */
async function connections(server: Sshd): Promise<Comparison> {
  const node = makeNode({ ...server, host: server.address });
  const limits = { concurrentLogins: 8, dialTimeoutSeconds: 10, keepaliveSeconds: 15, idleSeconds: 600 };
  const measure = async (connectionAgeSeconds: number): Promise<number> => {
    const pool = new Pool({ limits: { ...limits, connectionAgeSeconds }, logger: createLogger('silent') });
    const exec = pool.execFor(node);
    const cost = await cpuPerCall(40, async () => {
      const deadline = startDeadline(10);
      const { reason } = await exec.exec('true', { signal: deadline.signal, maxOutputBytes: 1000 });
      deadline.clear();
      if (reason !== 'none') throw new Error(`The command failed: ${reason}.`);
    });
    pool.close();
    return cost;
  };
  return {
    what: "exporter's CPU, one command",
    ours: 'kept connection',
    milliseconds: await measure(3600),
    alternative: 'login each time',
    alternativeMilliseconds: await measure(0),
  };
}

/** The exposition of 180 series: our writer, and a fresh prom-client registry as its documentation suggests. */
async function exposition(): Promise<Comparison> {
  const spec = { type: 'gauge', help: 'A value.', labels: ['device', 'mode'] } as const;
  const families = Array.from({ length: 30 }, (_, family) => ({
    name: `test_family_${family}`,
    spec,
    samples: Array.from({ length: 6 }, (__, sample) => ({
      metric: `test_family_${family}`,
      labels: { device: `eth${sample}`, mode: 'idle' },
      value: sample * 1.5,
    })),
  }));
  return {
    what: 'CPU, 180 series to text',
    ours: 'writer',
    milliseconds: await cpuPerCall(300, () => renderExposition(families)),
    alternative: 'registry a probe',
    alternativeMilliseconds: await cpuPerCall(300, () => {
      const registry = new Registry();
      for (const { name, samples } of families) {
        const gauge = new Gauge({ name, help: spec.help, labelNames: spec.labels, registers: [registry] });
        for (const { labels, value } of samples) gauge.set(labels, value);
      }
      return registry.metrics();
    }),
  };
}

/** CPU on the node for the files of all collectors: one `head`, and a `cat` each. */
function files(): Comparison {
  const paths = [...new Set(COLLECTORS.flatMap((collector) => collector.files ?? []))]
    .filter((path) => existsSync(path))
    .map(quote);
  return {
    what: `node's CPU, ${paths.length} files`,
    ours: 'one head',
    milliseconds: shellCost(`head -v -c 262144 ${paths.join(' ')}`),
    alternative: 'a cat each',
    alternativeMilliseconds: shellCost(paths.map((path) => `cat ${path}`).join('; ')),
  };
}

/** CPU of a shell command's children, user and system, in milliseconds: the median of several loops. */
function shellCost(command: string): number {
  const loops = 40;
  const script = `i=0; while [ $i -lt ${loops} ]; do { ${command}; } >/dev/null 2>&1; i=$((i+1)); done; times`;
  const rounds = Array.from({ length: 5 }, () => {
    const { stdout } = spawnSync('/bin/sh', ['-c', script], { encoding: 'utf8' });
    const times = [...stdout.matchAll(/(?<minutes>\d+)m(?<seconds>[\d.]+)s/g)].map(
      ({ groups }) => Number(groups?.['minutes']) * 60 + Number(groups?.['seconds']),
    );
    // The first line is the shell itself, the second its children.
    return times.reduce((sum, seconds) => sum + seconds, 0) * (1000 / loops);
  });
  return quantile(rounds, 0.5);
}

/** The longest stall of the event loop during one login, by key exchange. */
async function keyExchange(): Promise<Comparison> {
  // An sshd that was unpacked rather than installed does not find the groups that come with it.
  const moduli = join(dirname(await findTool('sshd')), '..', 'etc', 'ssh', 'moduli');
  const config = existsSync(moduli) ? [`ModuliFile "${moduli}"`] : [];
  const measure = async (algorithm: ssh2.KexAlgorithm): Promise<number> => {
    const server = await startSshd({ config: [`KexAlgorithms ${algorithm}`, ...config] });
    const stalls: number[] = [];
    for (let round = 0; round < 3; round++) {
      const delay = monitorEventLoopDelay({ resolution: 1 });
      delay.enable();
      await new Promise<void>((resolve, reject) => {
        const client = new ssh2.Client();
        client.on('error', reject);
        client.on('ready', () => {
          client.end();
          resolve();
        });
        client.connect({
          host: server.address,
          port: server.port,
          username: 'pipefleet',
          privateKey: readFileSync(server.keyFile),
          hostVerifier: () => true,
          readyTimeout: 60_000,
          algorithms: { kex: [algorithm] },
        });
      });
      await sleep(20);
      delay.disable();
      stalls.push(delay.max / 1e6);
    }
    await server.dispose();
    return quantile(stalls, 0.5);
  };
  return {
    what: 'longest stall during a login',
    ours: 'curve25519',
    milliseconds: await measure('curve25519-sha256'),
    alternative: 'group exchange',
    alternativeMilliseconds: await measure('diffie-hellman-group-exchange-sha256'),
  };
}

/** CPU of parsing a key: plain, and encrypted as ssh-keygen does it. */
async function decryption(server: Sshd): Promise<Comparison> {
  const plain = readFileSync(server.keyFile);
  execFileSync(await findTool('ssh-keygen'), [
    '-q',
    '-p',
    '-P',
    '',
    '-N',
    'passphrase',
    '-f',
    server.keyFile,
  ]);
  const encrypted = readFileSync(server.keyFile);
  return {
    what: 'CPU, parsing a key',
    ours: 'plain (or kept)',
    milliseconds: await cpuPerCall(50, () => ssh2.utils.parseKey(plain)),
    alternative: 'encrypted',
    alternativeMilliseconds: await cpuPerCall(1, () => ssh2.utils.parseKey(encrypted, 'passphrase')),
  };
}
