import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { type Sshd, startSshd } from '../src/ssh/testing/sshd.js';
import { type FleetOptions, type FleetRun, startFleetRun } from './fleet-run.js';
import { usageOf } from './process-usage.js';
import type { Bench, BenchResult } from './result.js';
import { versionOf } from './versions.js';

const NODES = 500;
const ROUND_TRIP = 100;
/** As it is set unless somebody says otherwise: from ten logins under way on, three of ten are hung up on. */
const MAX_STARTUPS = '10:30:100';

/** How long it takes until everything has been seen after a start. */
export const coldStart: Bench = {
  name: 'cold-start',
  what: 'Seconds from the first question until the last of 500 nodes has answered, 100 ms away, with no connection open yet.',
  minutes: 2,
  run: measureColdStart,
};

async function measureColdStart(): Promise<BenchResult> {
  const direct: string[][] = [];
  for (const logins of [32, 64, 128]) direct.push([String(logins), ...(await startCold(logins))]);
  const jumped: string[][] = [];
  for (const dials of [16, 64, 128]) jumped.push([String(dials), ...(await startColdBehindBastion(dials))]);
  const columns = ['half have answered, s', 'all, s', 'failed', 'CPU, s'];
  return {
    versions: { OpenSSH: await versionOf('sshd') },
    tables: [
      { columns: ['`limits.concurrent_logins`', ...columns], rows: direct },
      {
        columns: ['`concurrent_dials` of a jump host', ...columns, 'logins at the jump host', 'hung up on'],
        rows: jumped,
      },
    ],
  };
}

async function startCold(logins: number, more: Partial<FleetOptions> = {}): Promise<string[]> {
  const run = await startFleetRun({
    nodes: NODES,
    sim: ['--latency', `${ROUND_TRIP}ms`],
    ...more,
    config: `limits: { concurrent_logins: ${logins}, concurrent_probes: ${NODES} }\n${more.config ?? ''}`,
  });
  try {
    return await askAll(run);
  } finally {
    await run.stop();
  }
}

/** All nodes are behind one real sshd with OpenSSH's own limits. */
async function startColdBehindBastion(dials: number): Promise<string[]> {
  const bastion = await startSshd({ config: [`MaxStartups ${MAX_STARTUPS}`] });
  try {
    const row = await startCold(128, {
      config: `jump_hosts:
  bastion: { host: ${bastion.address}, port: ${bastion.port}, credential: demo, concurrent_dials: ${dials} }
defaults: { jump: bastion }
`,
      prepare: (folder) => introduce(bastion, folder),
    });
    const seen = (pattern: RegExp): string => String(bastion.log().match(pattern)?.length ?? 0);
    return [...row, seen(/Accepted publickey/g), seen(/MaxStartups throttling|drop connection/g)];
  } finally {
    await bastion.dispose();
  }
}

/** Lets the key of a fleet in, and lets the fleet know the bastion. */
function introduce(bastion: Sshd, folder: string): void {
  const key = ssh2.utils.parseKey(readFileSync(join(folder, 'demo_key')));
  if (key instanceof Error) throw key;
  const line = `${key.type} ${key.getPublicSSH().toString('base64')}\n`;
  appendFileSync(join(bastion.folder, 'authorized_keys'), line);
  appendFileSync(join(folder, 'known_hosts'), readFileSync(bastion.knownHosts));
}

/** Asks for all at once, as after an outage, and once. */
async function askAll(run: FleetRun): Promise<string[]> {
  const before = usageOf(run.pid).cpuSeconds;
  const since = performance.now();
  const done: number[] = [];
  const scrapes = await Promise.all(
    run.names.map(async (name) => {
      const scrape = await run.probe(name);
      done.push((performance.now() - since) / 1000);
      return scrape;
    }),
  );
  return [
    (done[Math.floor(done.length / 2)] ?? NaN).toFixed(1),
    (done.at(-1) ?? NaN).toFixed(1),
    String(scrapes.filter(({ success }) => !success).length),
    (usageOf(run.pid).cpuSeconds - before).toFixed(1),
  ];
}
