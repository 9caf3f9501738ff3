import { scrapeAll, startFleetRun, watchAll } from './fleet-run.js';
import type { Bench, BenchResult } from './result.js';
import { quantile } from './spread.js';

/** Sizes that operators ask about, and how often each is asked. */
const LOADS = [
  { nodes: 100, interval: 15, intervals: 4 },
  { nodes: 1000, interval: 15, intervals: 4 },
  { nodes: 5000, interval: 60, intervals: 3 },
] as const;

/** What the exporter takes, hour after hour. */
export const steady: Bench = {
  name: 'steady',
  what: 'CPU, memory and delay of the exporter while fleets of three sizes are scraped as Prometheus does.',
  minutes: 8,
  run: measureSteady,
};

async function measureSteady(say: (sentence: string) => void): Promise<BenchResult> {
  const rows: string[][] = [];
  let first: number | undefined;
  for (const { nodes, interval, intervals } of LOADS) {
    say(`${nodes} nodes every ${interval} s.`);
    const run = await startFleetRun({ nodes });
    try {
      // Connections are opened, code is compiled, and programs start that stand by.
      await scrapeAll(run, interval, interval > 30 ? 2 : 4);
      // Reading it begins it anew.
      await run.metric('nodejs_eventloop_lag_p99_seconds');
      const { scrapes, cpuSeconds, cores, residentBytes } = await watchAll(run, interval, intervals);
      const lag = 1000 * (await run.metric('nodejs_eventloop_lag_p99_seconds'));
      const times = scrapes.map(({ milliseconds }) => milliseconds);
      const milliseconds = (1000 * cpuSeconds) / scrapes.length;
      first ??= milliseconds;
      rows.push([
        `${nodes} every ${interval} s`,
        `${(100 * cores).toFixed(1)} %`,
        milliseconds.toFixed(2),
        (milliseconds / first).toFixed(2),
        (residentBytes / 2 ** 20).toFixed(0),
        lag.toFixed(1),
        `${quantile(times, 0.5).toFixed(1)}, ${quantile(times, 0.99).toFixed(1)}`,
        String(scrapes.filter(({ success }) => !success).length),
      ]);
    } finally {
      await run.stop();
    }
  }
  return {
    versions: {},
    tables: [
      {
        columns: [
          'nodes',
          'share of a core',
          'CPU a probe, ms',
          'beside 100 nodes',
          'resident, MiB',
          'event loop, p99, ms',
          'probe, p50 and p99, ms',
          'failed',
        ],
        rows,
      },
    ],
  };
}
