import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { startDeadline } from '../src/core/deadline.js';
import { makeNode } from '../src/ssh/testing/make-node.js';
import type { Sshd } from '../src/ssh/testing/sshd.js';
import type { Comparison } from './measure.js';
import { openPool } from './module-probe.js';
import { quantile } from './spread.js';

const ROUNDS = 5;
const COMMANDS = 100;

interface Cost {
  /** CPU of this process and of every ssh that it has run, for one command on a kept connection, in milliseconds. */
  readonly warm: number;
  /** The same for a connection and its first command. */
  readonly cold: number;
  /** From asking for a command on a kept connection to its answer, in milliseconds. */
  readonly latency: number;
}

/** The backend ssh2 beside openssh, in turns against the same server. */
export async function compareBackends(server: Sshd): Promise<readonly Comparison[]> {
  const costs = { ssh2: [] as Cost[], openssh: [] as Cost[] };
  for (let round = 0; round <= ROUNDS; round++) {
    for (const backend of ['ssh2', 'openssh'] as const) {
      const cost = await measure(server, backend);
      if (round > 0) costs[backend].push(cost);
    }
  }
  const row = (what: string, key: keyof Cost): Comparison => ({
    what,
    ours: 'ssh2',
    milliseconds: quantile(
      costs.ssh2.map((cost) => cost[key]),
      0.5,
    ),
    alternative: 'openssh',
    alternativeMilliseconds: quantile(
      costs.openssh.map((cost) => cost[key]),
      0.5,
    ),
  });
  return [
    row("CPU with ssh's own, one command", 'warm'),
    row("CPU with ssh's own, a login", 'cold'),
    row('time of one command', 'latency'),
  ];
}

async function measure(server: Sshd, backend: 'ssh2' | 'openssh'): Promise<Cost> {
  const logins = await spent(async () => {
    for (let login = 0; login < 10; login++) await run(server, backend, 1);
  });
  const cold = logins / 10;
  let latency = NaN;
  const all = await spent(async () => {
    latency = await run(server, backend, COMMANDS + 1);
  });
  return { warm: (all - cold) / COMMANDS, cold, latency };
}

/** Runs some commands on a connection of their own; gives the median time of those after the first, if there are any. */
async function run(server: Sshd, backend: 'ssh2' | 'openssh', commands: number): Promise<number> {
  const pool = openPool();
  const exec = pool.execFor(makeNode({ ...server, host: server.address, credential: { backend } }));
  const times: number[] = [];
  for (let command = 0; command < commands; command++) {
    const deadline = startDeadline(10);
    const since = performance.now();
    const { reason, message } = await exec.exec('true', { signal: deadline.signal, maxOutputBytes: 1000 });
    times.push(performance.now() - since);
    deadline.clear();
    if (reason !== 'none') throw new Error(`The command failed: ${message}`);
  }
  pool.close();
  return commands > 1 ? quantile(times.slice(1), 0.5) : NaN;
}

/** CPU that this process and its children spend on something, in milliseconds; of the children those that have ended. */
async function spent(work: () => Promise<void>): Promise<number> {
  const children = readdirSync(`/proc/self/task/${process.pid}/`).includes('children')
    ? (): number => readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').split(' ').length
    : (): number => 0;
  const running = children();
  const before = used();
  await work();
  while (children() > running) await sleep(5);
  return used() - before;
}

/** In milliseconds; what the kernel counts of children comes in hundredths of a second. */
function used(): number {
  const { user, system } = process.cpuUsage();
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (user + system) / 1000 + (Number(fields[13]) + Number(fields[14])) * 10;
}
