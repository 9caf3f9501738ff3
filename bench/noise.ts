import { type Scrape, scrapeAll, startFleetRun, watchAll } from './fleet-run.js';
import type { Bench, BenchResult } from './result.js';
import { quantile } from './spread.js';

const NODES = 1000;
const INTERVAL = 15;
const SHARES = [0, 5, 20] as const;

/** What dead nodes cost the others. */
export const noise: Bench = {
  name: 'noise',
  what: 'Probes of healthy nodes while some of a thousand are black holes: they take connections and never say a word.',
  minutes: 6,
  run: measureNoise,
};

async function measureNoise(say: (sentence: string) => void): Promise<BenchResult> {
  const rows: string[][] = [];
  let still: number | undefined;
  for (const share of SHARES) {
    say(`${share} % black holes.`);
    const run = await startFleetRun({ nodes: NODES, sim: ['--black-holes', `${share}%`] });
    try {
      const dead = deadOf(await scrapeAll(run, INTERVAL, 4));
      const { cores, scrapes } = await watchAll(run, INTERVAL, 4);
      const healthy = scrapes.filter(({ name }) => !dead.has(name));
      const times = healthy.map(({ milliseconds }) => milliseconds);
      const p99 = quantile(times, 0.99);
      still ??= p99;
      rows.push([
        `${share} %`,
        quantile(times, 0.5).toFixed(1),
        p99.toFixed(1),
        (p99 / still).toFixed(2),
        String(healthy.filter(({ success }) => !success).length),
        `${(100 * cores).toFixed(1)} %`,
      ]);
    } finally {
      await run.stop();
    }
  }
  return {
    versions: {},
    tables: [
      {
        columns: ['black holes', 'healthy, p50, ms', 'p99, ms', 'beside none', 'failed', 'share of a core'],
        rows,
      },
    ],
  };
}

/** The names of those that have not once answered. */
function deadOf(scrapes: readonly Scrape[]): Set<string> {
  const alive = new Set(scrapes.filter(({ success }) => success).map(({ name }) => name));
  return new Set(scrapes.map(({ name }) => name).filter((name) => !alive.has(name)));
}
