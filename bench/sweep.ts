import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { buildBatch } from '../src/collectors/batch.js';
import { startDeadline } from '../src/core/deadline.js';
import type { Node } from '../src/inventory/node.js';
import type { Pool } from '../src/ssh/pool.js';
import { makeNode } from '../src/ssh/testing/make-node.js';
import { startSshd } from '../src/ssh/testing/sshd.js';
import { openAccount } from './account.js';
import { collectorsOf, moduleProbe, openPool } from './module-probe.js';
import type { Bench, BenchResult, Table } from './result.js';
import { renderSpread, spreadOf } from './spread.js';
import { findPeers, openPeer, PARALLEL, type Sweep, type Sweeper } from './sweep-peers.js';

const WARM_SIZES = [100, 500, 1000];
const COLD_SIZES = [100, 500];
const PROBED = 500;
const ROUNDS = 3;

/** One command on every node of a fleet, beside the tools that people use for it. */
export const sweep: Bench = {
  name: 'sweep',
  what: "One command on each of 100 to 1,000 addresses of a real sshd, beside ssh's ControlMaster, parallel-ssh, clush and Ansible.",
  minutes: 15,
  run: measureSweep,
};

/** Whoever sends commands, and whether its connections stay. */
interface Contender {
  readonly name: string;
  readonly open: (kept: boolean) => Promise<Sweeper>;
}

async function measureSweep(say: (sentence: string) => void): Promise<BenchResult> {
  const { peers, versions } = await findPeers(say);
  // It answers at every address of the loopback network, so each is a node to those who connect.
  const server = await startSshd({ address: '0.0.0.0', config: ['MaxStartups 1000:100:2000'] });
  const knownHosts = join(server.folder, 'known_hosts_everywhere');
  writeFileSync(knownHosts, `[127.*]:${server.port} ${readFileSync(`${server.hostKeyFile}.pub`, 'utf8')}`);
  const nodeAt = (host: string): Node =>
    makeNode({ name: host, host, port: server.port, keyFile: server.keyFile, knownHosts });
  const nodes = openAccount('nodes');
  nodes.add(Number(readFileSync(join(server.folder, 'sshd.pid'), 'utf8')));
  const contenders: readonly Contender[] = [
    { name: 'pipefleet', open: (kept) => Promise.resolve(openOurs(kept, nodeAt)) },
    ...[peers.xargs, peers.pssh, peers.clush, peers.ansible].map((peer) => ({
      name: peer.name,
      open: (kept: boolean) => openPeer(peer, { server, knownHosts, kept }),
    })),
  ];
  const batch = join(server.folder, 'batch');
  writeFileSync(
    batch,
    buildBatch(collectorsOf('node'), nodeAt('127.1.0.1').software).command('0'.repeat(32)),
  );

  const measure = async (
    { name, open }: Contender,
    { size, command, kept, rounds }: { size: number; command: string; kept: boolean; rounds: number },
  ): Promise<Measured> => {
    say(`${name}, ${size} nodes, ${kept ? 'kept connections' : 'a login each'}.`);
    const hosts = addresses(size);
    const sweeps: Sweep[] = [];
    let onNodes = 0;
    const sweeper = await open(kept);
    try {
      // Opens what will be kept; twice, as pipefleet's second probe starts the program that stands by.
      if (kept) for (let time = 0; time < 2; time++) await sweeper.sweep(hosts, command);
      for (let round = 0; round < rounds; round++) {
        const before = nodes.used();
        sweeps.push(await sweeper.sweep(hosts, command));
        onNodes += (nodes.used() - before) / 1e6 / size / rounds;
      }
    } finally {
      await sweeper.close();
    }
    return { name, size, sweeps, onNodes };
  };
  try {
    const warm: Measured[] = [];
    for (const size of WARM_SIZES) {
      for (const contender of contenders)
        warm.push(await measure(contender, { size, command: 'true', kept: true, rounds: ROUNDS }));
    }
    const probed: Measured[] = [];
    for (const contender of contenders) {
      const ours = contender.name === 'pipefleet';
      const command = ours ? PROBE : `sh '${batch}'`;
      probed.push(await measure(contender, { size: PROBED, command, kept: true, rounds: ROUNDS }));
    }
    const cold: Measured[] = [];
    for (const size of COLD_SIZES) {
      for (const contender of contenders.filter(({ name }) => name !== peers.ansible.name))
        cold.push(
          await measure(contender, { size, command: 'true', kept: false, rounds: size > 100 ? 1 : ROUNDS }),
        );
    }
    return {
      versions,
      tables: [
        tableOf('`true` on kept connections', warm),
        tableOf('all of module node, on kept connections', probed),
        tableOf('`true`, with a login for each', cold),
      ],
    };
  } finally {
    await server.dispose();
    nodes.remove();
  }
}

interface Measured {
  readonly name: string;
  readonly size: number;
  readonly sweeps: readonly Sweep[];
  /** CPU on each node, in milliseconds. */
  readonly onNodes: number;
}

function tableOf(what: string, all: readonly Measured[]): Table {
  const median = ({ sweeps }: Measured, of: keyof Sweep): number =>
    spreadOf(sweeps.map((one) => one[of])).median;
  return {
    columns: [
      what,
      'nodes',
      'seconds',
      'beside ours',
      `CPU a node, ms`,
      'beside ours',
      'CPU on each node, ms',
    ],
    rows: all.map((one) => {
      const ours = all.find(({ size }) => size === one.size) ?? one;
      const beside = (of: keyof Sweep): string => (median(one, of) / median(ours, of)).toFixed(1);
      return [
        one.name,
        String(one.size),
        renderSpread(spreadOf(one.sweeps.map(({ seconds }) => seconds)), 2),
        beside('seconds'),
        ((1000 * median(one, 'cpuSeconds')) / one.size).toFixed(2),
        beside('cpuSeconds'),
        one.onNodes.toFixed(1),
      ];
    }),
  };
}

/** So many addresses of the loopback network. */
function addresses(size: number): string[] {
  return Array.from({ length: size }, (_, index) => `127.1.${index >> 8}.${index & 255}`);
}

/** The command by which {@link openOurs} probes as the exporter does. */
const PROBE = 'probe of module node';

/** pipefleet's own pool, in this process. */
function openOurs(kept: boolean, nodeAt: (host: string) => Node): Sweeper {
  const limit = pLimit(PARALLEL);
  let pool = openPool(PARALLEL);
  const nodes = new Map<string, { node: Node; probe: ReturnType<typeof moduleProbe> }>();
  const knownAt = (host: string): { node: Node; probe: ReturnType<typeof moduleProbe> } => {
    const node = nodeAt(host);
    const known = nodes.get(host) ?? { node, probe: moduleProbe(node) };
    nodes.set(host, known);
    return known;
  };
  return {
    sweep: async (hosts, command) => {
      const cpu = process.cpuUsage();
      const since = performance.now();
      if (!kept) {
        pool.close();
        pool = openPool(PARALLEL);
      }
      await Promise.all(
        hosts.map((host) =>
          limit(async () => {
            const { node, probe } = knownAt(host);
            if (command === PROBE) await probe(pool.execFor(node));
            else await execute(pool, node, command);
          }),
        ),
      );
      const { user, system } = process.cpuUsage(cpu);
      return { seconds: (performance.now() - since) / 1000, cpuSeconds: (user + system) / 1e6 };
    },
    close: () => {
      pool.close();
      return Promise.resolve();
    },
  };
}

async function execute(pool: Pool, node: Node, command: string): Promise<void> {
  const deadline = startDeadline(60);
  const { reason, message } = await pool
    .execFor(node)
    .exec(command, { signal: deadline.signal, maxOutputBytes: 1_000_000 });
  deadline.clear();
  if (reason !== 'none') throw new Error(`pipefleet could not run the command: ${message}`);
}
