import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MODULES } from '../src/collectors/collector.js';
import { COLLECTORS } from '../src/collectors/registry.js';
import { startNodeExporter } from '../src/collectors/testing/node-exporter.js';
import { startDeadline } from '../src/core/deadline.js';
import { createGates } from '../src/gate/gates.js';
import { makeNode } from '../src/ssh/testing/make-node.js';
import { startSshd } from '../src/ssh/testing/sshd.js';
import { type Account, openAccount } from './account.js';
import { collectorsOf, moduleProbe, openPool } from './module-probe.js';
import type { Bench, BenchResult } from './result.js';
import { renderSpread, spreadOf } from './spread.js';
import { versionOf } from './versions.js';

const ROUNDS = 7;
const PROBES = 30;

/** What one probe costs the node. Needs root, for control groups to count in. */
export const nodeCost: Bench = {
  name: 'node',
  what: 'CPU on the node for one probe, all processes of the SSH session together, beside a scrape of node_exporter.',
  minutes: 1,
  run: measureNodeCost,
};

async function measureNodeCost(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'pipefleet-bench-'));
  const server = await startSshd();
  const gated = await startSshd({ keyOptions: `restrict,command="${folder}/gate monitor"` });
  const exporter = await startNodeExporter();
  const ours = openAccount('ours');
  const theirs = openAccount('theirs');
  const pool = openPool();
  try {
    ours.add(Number(readFileSync(join(server.folder, 'sshd.pid'), 'utf8')));
    theirs.add(exporter.pid);
    ours.add(Number(readFileSync(join(gated.folder, 'sshd.pid'), 'utf8')));
    const node = makeNode({ ...server, host: server.address });
    const exec = pool.execFor(node);
    const modules = MODULES.map((name) => ({ name, collectors: collectorsOf(name).map((one) => one.name) }));
    const gates = createGates({ version: '0.0.0', collectors: COLLECTORS, modules });
    writeFileSync(join(folder, 'gate'), gates(node).text, { mode: 0o755 });
    const behindGate = makeNode({ ...gated, host: gated.address });
    const probeOf = (module: string, by = node): (() => Promise<void>) => {
      const probe = moduleProbe(by, module);
      return async () => {
        const { outcome } = await probe(pool.execFor(by));
        if ((outcome.gate !== undefined) !== (by === behindGate))
          throw new Error('The probe took another way.');
      };
    };
    const nothing = async (): Promise<void> => {
      const deadline = startDeadline(10);
      await exec.exec('true', { signal: deadline.signal, maxOutputBytes: 1000 });
      deadline.clear();
    };
    const scrape = async (): Promise<void> => {
      await exporter.scrape();
    };

    const throughGate = probeOf('node', behindGate);
    const rows: [what: string, cost: () => Promise<number>][] = [
      ['node_exporter, one scrape', () => costOf(theirs, PROBES, scrape)],
      ['an SSH session that does nothing', () => costOf(ours, PROBES, nothing)],
      ...MODULES.filter((module) => COLLECTORS.some((collector) => collector.module === module)).map(
        (module): (typeof rows)[number] => {
          const probe = probeOf(module);
          const times = module === 'node' ? PROBES : 5;
          return [`pipefleet, one probe of module ${module}`, () => costOf(ours, times, probe)];
        },
      ),
      ['pipefleet, one probe of module node through the gate', () => costOf(ours, PROBES, throughGate)],
    ];
    const costs = new Map(rows.map(([what]) => [what, [] as number[]]));
    for (let round = 0; round <= ROUNDS; round++) {
      for (const [what, cost] of rows) {
        const milliseconds = await cost();
        if (round > 0) costs.get(what)?.push(milliseconds);
      }
    }
    return {
      versions: { OpenSSH: await versionOf('sshd'), node_exporter: await versionOf('node_exporter') },
      tables: [
        {
          columns: ['CPU on the node', `ms, median of ${ROUNDS} (range)`],
          rows: Array.from(costs, ([what, values]) => [what, renderSpread(spreadOf(values), 1)]),
        },
      ],
    };
  } finally {
    pool.close();
    exporter.stop();
    await server.dispose();
    await gated.dispose();
    rmSync(folder, { recursive: true });
    await sleep(1500);
    ours.remove();
    theirs.remove();
  }
}

async function costOf(account: Account, times: number, work: () => Promise<void>): Promise<number> {
  const before = account.used();
  for (let time = 0; time < times; time++) await work();
  return (account.used() - before) / 1e6 / times;
}
