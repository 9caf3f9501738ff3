import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { buildBatch } from '../src/collectors/batch.js';
import type { Pool } from '../src/ssh/pool.js';
import { makeNode } from '../src/ssh/testing/make-node.js';
import { ACCOUNT, type Sshd, startSshd } from '../src/ssh/testing/sshd.js';
import { findTool } from '../src/stack/tools.js';
import { startDelayingProxy } from './delaying-proxy.js';
import { collectorsOf, moduleProbe, openPool } from './module-probe.js';
import type { Bench, BenchResult } from './result.js';
import { quantile } from './spread.js';
import { versionOf } from './versions.js';

const ROUNDS = 5;
/** In milliseconds. */
const ROUND_TRIPS = [0, 20, 100, 250] as const;

/** How long one probe takes over a distance. */
export const latency: Bench = {
  name: 'latency',
  what: 'Time of one probe at several round-trip times, which a delaying proxy makes, beside OpenSSH running the same command.',
  minutes: 3,
  run: measureLatency,
};

type Times = Record<string, number>;

async function measureLatency(say: (sentence: string) => void): Promise<BenchResult> {
  const server = await startSshd();
  try {
    const columns: Times[] = [];
    for (const roundTrip of ROUND_TRIPS) {
      say(`Round trips of ${roundTrip} ms …`);
      columns.push(await timesAt(server, roundTrip));
    }
    const near = columns[0] ?? {};
    const far = columns.at(-1) ?? {};
    const turns = (what: string): number => ((far[what] ?? NaN) - (near[what] ?? NaN)) / ROUND_TRIPS[3];
    return {
      versions: { OpenSSH: await versionOf('ssh') },
      tables: [
        {
          columns: [
            `ms, median of ${ROUNDS}`,
            ...ROUND_TRIPS.map((roundTrip) => `${roundTrip} ms round trip`),
            'round trips',
          ],
          rows: Object.keys(near).map((what) => [
            what,
            ...columns.map((column) => (column[what] ?? NaN).toFixed(0)),
            turns(what).toFixed(1),
          ]),
        },
      ],
    };
  } finally {
    await server.dispose();
  }
}

async function timesAt(server: Sshd, roundTrip: number): Promise<Times> {
  const proxy = await startDelayingProxy(server.address, server.port, roundTrip);
  const folder = mkdtempSync(join(tmpdir(), 'pipefleet-bench-'));
  const knownHosts = join(folder, 'known_hosts');
  const hostKey = readFileSync(`${server.hostKeyFile}.pub`, 'utf8');
  writeFileSync(knownHosts, `[127.0.0.1]:${proxy.port} ${hostKey}`);
  const reached: Reached = { port: proxy.port, keyFile: server.keyFile, knownHosts, folder, roundTrip };
  try {
    const rounds: Times[] = [];
    for (let round = 0; round < ROUNDS; round++)
      rounds.push({ ...(await timesOfPipefleet(reached)), ...(await timesOfOpenssh(reached)) });
    return Object.fromEntries(
      Object.keys(rounds[0] ?? {}).map((what) => [
        what,
        quantile(
          rounds.map((times) => times[what] ?? NaN),
          0.5,
        ),
      ]),
    );
  } finally {
    await proxy.stop();
    rmSync(folder, { recursive: true });
  }
}

interface Reached {
  readonly port: number;
  readonly keyFile: string;
  readonly knownHosts: string;
  /** For control sockets. */
  readonly folder: string;
  readonly roundTrip: number;
}

async function timesOfPipefleet(reached: Reached): Promise<Times> {
  const node = makeNode(reached);
  const ask = moduleProbe(node);
  const probe = async (pool: Pool): Promise<number> => {
    const since = performance.now();
    await ask(pool.execFor(node));
    return performance.now() - since;
  };
  const first = openPool();
  const unknown = await probe(first);
  first.close();
  const pool = openPool();
  const cold = await probe(pool);
  const warm = await probe(pool);
  await sleep(500 + 3 * reached.roundTrip);
  const often = await probe(pool);
  pool.close();
  return {
    'pipefleet, first probe of a node ever': unknown,
    'pipefleet, on a new connection': cold,
    'pipefleet, on a kept connection': warm,
    'pipefleet, on a kept connection, asked often': often,
  };
}

async function timesOfOpenssh({ port, keyFile, knownHosts, folder }: Reached): Promise<Times> {
  const ssh = await findTool('ssh');
  const control = join(folder, 'control');
  const options = ['-F', 'none', '-o', 'BatchMode=yes', '-o', `UserKnownHostsFile="${knownHosts}"`];
  const to = ['-i', keyFile, '-p', String(port), `${ACCOUNT}@127.0.0.1`];
  const batch = buildBatch(collectorsOf('node'), makeNode({ port, keyFile, knownHosts }).software);
  const time = async (...more: readonly string[]): Promise<number> => {
    const since = performance.now();
    await promisify(execFile)(ssh, [...options, ...more, ...to, batch.command('latency')], {
      maxBuffer: 8_388_608,
    });
    return performance.now() - since;
  };
  const cold = await time('-o', 'ControlPath=none');
  const shared = ['-o', `ControlPath="${control}"`];
  await time(...shared, '-o', 'ControlMaster=auto', '-o', 'ControlPersist=30');
  const warm = await time(...shared);
  await promisify(execFile)(ssh, [...options, ...shared, '-O', 'exit', ...to]);
  return { 'ssh, on a new connection': cold, 'ssh, through ControlMaster': warm };
}
