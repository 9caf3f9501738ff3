import { type FleetRun, startFleetRun } from './fleet-run.js';
import { usageOf } from './process-usage.js';
import type { Bench, BenchResult } from './result.js';

const NODES = 500;
const ROUND_TRIP = 100;

/** How long it takes until everything has been seen after a start. */
export const coldStart: Bench = {
  name: 'cold-start',
  what: 'Seconds from the first question until the last of 500 nodes has answered, 100 ms away, with no connection open yet.',
  minutes: 1,
  run: measureColdStart,
};

async function measureColdStart(): Promise<BenchResult> {
  const rows: string[][] = [];
  for (const logins of [32, 128]) {
    const run = await startFleetRun({
      nodes: NODES,
      sim: ['--latency', `${ROUND_TRIP}ms`],
      config: `limits: { concurrent_logins: ${logins}, concurrent_probes: ${NODES} }\n`,
    });
    try {
      rows.push([String(logins), ...(await startCold(run))]);
    } finally {
      await run.stop();
    }
  }
  return {
    versions: {},
    tables: [
      {
        columns: ['`limits.concurrent_logins`', 'half have answered, s', 'all, s', 'failed', 'CPU, s'],
        rows,
      },
    ],
  };
}

/** Asks for all at once, as after an outage, and once. */
async function startCold(run: FleetRun): Promise<string[]> {
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
