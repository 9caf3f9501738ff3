import { once as heard } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import ssh2, { type Client } from 'ssh2';
import { buildBatch } from '../src/collectors/batch.js';
import type { BatchOutput } from '../src/collectors/split-answer.js';
import type { Collector } from '../src/collectors/collector.js';
import { type Exec, EXEC_PHASES, type ExecPhases, type ExecResult } from '../src/core/exec.js';
import type { Node } from '../src/inventory/node.js';
import { renderProbe } from '../src/metrics/probe-exposition.js';
import { makeNode } from '../src/ssh/testing/make-node.js';
import { ACCOUNT, type Sshd, startSshd } from '../src/ssh/testing/sshd.js';
import { cpuPerCall } from './measure.js';
import { collectorsOf, moduleProbe, openPool } from './module-probe.js';
import type { Bench, BenchResult, Table } from './result.js';
import { renderSpread, spreadOf } from './spread.js';
import { versionOf } from './versions.js';

const ROUNDS = 9;
const PROBES = 60;
const LOGINS = 15;

/** CPU of the exporter for one probe. */
export const probeCost: Bench = {
  name: 'probe',
  what: "The exporter's CPU and time for one probe of module node, beside the bare command and beside a login for each.",
  minutes: 1,
  run: measureProbes,
};

async function measureProbes(): Promise<BenchResult> {
  const server = await startSshd({ config: ['MaxStartups 100:30:200'] });
  const pool = openPool();
  const bare = await connect(server);
  try {
    const node = makeNode({ ...server, host: server.address });
    const probe = moduleProbe(node);
    const kept = pool.execFor(node);
    const batch = buildBatch(collectorsOf('node'), node.software);
    const oneTime: Exec = { exec: (text) => runOnce(server, text) };
    const work: [what: string, times: number, once: () => Promise<unknown>][] = [
      [
        'the bare command on a kept ssh2 client, output thrown away',
        PROBES,
        () => run(bare, batch.command('0'.repeat(32))),
      ],
      ['pipefleet, a session a probe', PROBES, () => probe(aloneOn(kept))],
      ['pipefleet, asked often', PROBES, () => probe(kept)],
      ['the same probe with a login each time', LOGINS, () => probe(oneTime)],
    ];
    // Twice, so that the program that stands by has started when it is measured.
    for (let time = 0; time < 2; time++) await probe(kept);
    await sleep(500);
    const costs = new Map(work.map(([what]) => [what, { cpu: [] as number[], time: [] as number[] }]));
    for (let round = 0; round <= ROUNDS; round++) {
      for (const [what, times, once] of work) {
        const cpu = process.cpuUsage();
        const since = performance.now();
        for (let time = 0; time < times; time++) await once();
        const { user, system } = process.cpuUsage(cpu);
        if (round === 0) continue;
        costs.get(what)?.cpu.push((user + system) / 1000 / times);
        costs.get(what)?.time.push((performance.now() - since) / times);
      }
    }
    const floor = spreadOf([...costs.values()][0]?.cpu ?? []).median;
    return {
      versions: { OpenSSH: await versionOf('sshd') },
      tables: [
        {
          columns: [
            'one probe of module node',
            `CPU of the exporter, ms, median of ${ROUNDS} (range)`,
            'ratio',
            'time, ms',
          ],
          rows: Array.from(costs, ([what, { cpu, time }]) => [
            what,
            renderSpread(spreadOf(cpu), 2),
            (spreadOf(cpu).median / floor).toFixed(1),
            spreadOf(time).median.toFixed(1),
          ]),
        },
        await stages(node, kept),
      ],
    };
  } finally {
    bare.end();
    pool.close();
    await server.dispose();
  }
}

/** The same way to a node, without a program that stays there. */
function aloneOn(exec: Exec): Exec {
  return { exec: (command, options) => exec.exec(command, { ...options, standing: undefined }) };
}

/** What each stage between question and answer costs, with an answer of a real node. */
async function stages(node: Node, kept: Exec): Promise<Table> {
  let asked = '';
  let answer: ExecResult | undefined;
  const watched: Exec = {
    exec: async (command, options) => (answer = await kept.exec((asked = command), options)),
  };
  const { text, outcome } = await moduleProbe(node)(watched);
  if (answer === undefined) throw new Error('The node was not asked.');
  const collectors = collectorsOf('node');
  const batch = buildBatch(collectors, node.software);
  const token = /[0-9a-f]{32}/.exec(asked)?.[0] ?? '';
  const { stdout } = answer;
  const micro = async (work: () => unknown): Promise<number> => 1000 * (await cpuPerCall(2000, work));
  const output = batch.split(stdout, token);
  const parses: [name: string, microseconds: number][] = [];
  for (const collector of collectors)
    parses.push([collector.name, await micro(() => parse(collector, output, node))]);
  parses.sort(([, one], [, other]) => other - one);
  const sum = parses.reduce((total, [, microseconds]) => total + microseconds, 0);
  const rows: [stage: string, microseconds: number, bytes?: number][] = [
    ['making the command', await micro(() => batch.command(token)), asked.length],
    ['taking the answer apart', await micro(() => batch.split(stdout, token)), Buffer.byteLength(stdout)],
    [`all ${collectors.length} collectors`, sum],
    ...parses.slice(0, 5).map(([name, microseconds]): [string, number] => [`– ${name}`, microseconds]),
    [
      `writing ${text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length} series`,
      await micro(() => renderProbe(outcome, node.location, collectors)),
      Buffer.byteLength(text),
    ],
  ];
  return {
    columns: ['stage, over and over', 'CPU, µs', 'bytes'],
    rows: rows.map(([stage, microseconds, bytes]) => [stage, microseconds.toFixed(1), String(bytes ?? '')]),
  };
}

function parse(collector: Collector, output: BatchOutput, { software }: Node): unknown {
  const section = output.sections.get(collector.name) ?? { output: '', status: 0 };
  try {
    return collector.parse({ files: output.files, ...section, software, expectedGate: undefined });
  } catch (error) {
    return error;
  }
}

async function connect(server: Sshd): Promise<Client> {
  const client = new ssh2.Client();
  client.connect({
    host: server.address,
    port: server.port,
    username: ACCOUNT,
    privateKey: readFileSync(server.keyFile),
  });
  await heard(client, 'ready');
  // Without it a command waits for a delayed acknowledgement, and would look slower than it has to be.
  (client as unknown as { _sock: Socket })._sock.setNoDelay(true);
  return client;
}

/** Runs a command; its output is thrown away, or given to somebody. */
async function run(client: Client, command: string, take?: (chunk: Buffer) => void): Promise<void> {
  const channel = await new Promise<ssh2.ClientChannel>((resolve, reject) => {
    client.exec(command, (error, opened) => {
      if (error === undefined) resolve(opened);
      else reject(error);
    });
  });
  channel.stderr.resume();
  if (take === undefined) channel.resume();
  else channel.on('data', take);
  await heard(channel, 'close');
}

const NO_TIME = Object.fromEntries(EXEC_PHASES.map((phase) => [phase, 0])) as ExecPhases;

/** As an exporter does that keeps nothing: a connection and a login for one command. */
async function runOnce(server: Sshd, command: string): Promise<ExecResult> {
  const client = await connect(server);
  const chunks: Buffer[] = [];
  await run(client, command, (chunk) => chunks.push(chunk));
  client.end();
  return {
    reason: 'none',
    message: '',
    exitCode: 0,
    stdout: Buffer.concat(chunks).toString(),
    stderr: '',
    connectionReused: false,
    phases: NO_TIME,
    retryAfterSeconds: 0,
  };
}
