import { setTimeout as sleep } from 'node:timers/promises';
import { type FleetRun, startFleetRun } from './fleet-run.js';
import type { Bench, BenchResult } from './result.js';
import { quantile } from './spread.js';

/** What the exporter holds at a moment. */
export interface Held {
  readonly seconds: number;
  readonly residentBytes: number;
  readonly heapBytes: number;
  readonly openFiles: number;
  /** Sockets, timers and requests that Node.js counts as active. */
  readonly resources: number;
}

export interface SoakOptions {
  readonly nodes: number;
  readonly seconds: number;
  /** Between two looks at what is held. */
  readonly everySeconds: number;
  readonly say: (sentence: string) => void;
}

/** What came of a soak. */
export interface Soaked {
  /** Before the first probe. */
  readonly before: Held;
  readonly held: readonly Held[];
  readonly probes: number;
  readonly failures: number;
  /** Connections that were opened. */
  readonly dials: number;
  readonly reloads: number;
  /** What is held once nobody asks any more and every connection has been closed. */
  readonly afterwards: Held;
}

/** Every connection is opened anew after so long, and closed when it is not used: an hour of churn in minutes. */
const CONFIG = `limits: { connection_age: 4s, idle: 3s, dial_timeout: 2s, concurrent_probes: 1000 }\n`;
const FAULTS = [
  '--black-holes',
  '3%',
  '--unreachable',
  '3%',
  '--slow',
  '2%',
  '--slowness',
  '2s',
  '--faults',
  'demo',
];
/** Of the scraper: with more of them a busy moment would be seen in the files long afterwards. */
const KEPT_SOCKETS = 16;
/** Each node is asked so often. */
const INTERVAL_SECONDS = 3;
const RELOAD_SECONDS = 5;

/**
 * Probes a simulated fleet with faults, far more often than Prometheus would: connections age within seconds, scrapers hang up in the middle, the configuration is
 * reloaded, the page and the lists are read, and wrong questions are asked.
 */
export async function soak({ nodes, seconds, everySeconds, say }: SoakOptions): Promise<Soaked> {
  const run = await startFleetRun({ nodes, sim: FAULTS, config: CONFIG, keptSockets: KEPT_SOCKETS });
  const stop = new AbortController();
  const counts = { probes: 0, failures: 0, reloads: 0 };
  try {
    const before = await heldBy(run, 0);
    const began = performance.now();
    const work = [
      ...run.names.map((name, index) => keepProbing(run, name, index, counts, stop.signal)),
      keepReloading(run, counts, stop.signal),
      keepPestering(run, stop.signal),
    ];
    const held: Held[] = [];
    while (performance.now() - began < 1000 * seconds) {
      await sleep(1000 * everySeconds);
      held.push(await heldBy(run, (performance.now() - began) / 1000));
      say(describe(held.at(-1), counts.probes));
    }
    stop.abort();
    await Promise.all(work);
    // As long as connections, timeouts and look-ups may linger.
    await sleep(15_000);
    return {
      before,
      held,
      ...counts,
      dials: await run.metric('pipefleet_ssh_dials_total{reason="none"}'),
      afterwards: await heldBy(run, (performance.now() - began) / 1000),
    };
  } finally {
    stop.abort();
    await run.stop();
  }
}

const MINUTES = 20;
const NODES = 300;

/** The long soak, whose graph docs/reliability.md shows. */
export const longSoak: Bench = {
  name: 'soak',
  what: 'What the exporter holds while everything that can go wrong goes wrong, far more often than it would.',
  minutes: MINUTES + 1,
  run: async (say) => tablesOf(await soak({ nodes: NODES, seconds: 60 * MINUTES, everySeconds: 10, say })),
};

function tablesOf({ before, held, afterwards, ...counts }: Soaked): BenchResult {
  const row = (what: string, { residentBytes, heapBytes, openFiles, resources }: Held): string[] => [
    what,
    mebibytes(residentBytes),
    mebibytes(heapBytes),
    String(openFiles),
    String(resources),
  ];
  const growth = (of: (one: Held) => number): string => `${(100 * growthOf(held, of)).toFixed(1)} %`;
  return {
    versions: {},
    tables: [
      {
        columns: [
          'minutes',
          'resident, MiB',
          'heap in use, MiB',
          'open files',
          'active resources of Node.js',
        ],
        rows: [
          row('before', before),
          ...held
            .filter(
              ({ seconds }, index) =>
                Math.floor(seconds / 60) > Math.floor((held[index - 1]?.seconds ?? 0) / 60),
            )
            .map((one) => row((one.seconds / 60).toFixed(0), one)),
          row('at rest afterwards', afterwards),
          [
            'growth, last quarter beside the one before',
            growth((one) => one.residentBytes),
            growth((one) => one.heapBytes),
            growth((one) => one.openFiles),
            growth((one) => one.resources),
          ],
        ],
      },
      {
        columns: ['in all', ''],
        rows: [
          ['nodes', String(NODES)],
          ['probes', String(counts.probes)],
          ['that failed, as they should', String(counts.failures)],
          ['connections that were opened', String(counts.dials)],
          ['reloads', String(counts.reloads)],
        ],
      },
    ],
  };
}

const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);

/** Growth of a quantity over the second half of a soak, as a share: medians of the last quarter and of the one before. */
export function growthOf(held: readonly Held[], of: (one: Held) => number): number {
  const quarter = Math.floor(held.length / 4);
  const median = (from: number, to: number): number => quantile(held.slice(from, to).map(of), 0.5);
  return (
    median(held.length - quarter, held.length) / median(held.length - 2 * quarter, held.length - quarter) - 1
  );
}

async function keepProbing(
  run: FleetRun,
  name: string,
  index: number,
  counts: { probes: number; failures: number },
  stopped: AbortSignal,
): Promise<void> {
  await sleep((1000 * INTERVAL_SECONDS * index) / run.names.length);
  for (let turn = 0; !stopped.aborted; turn++) {
    const next = sleep(1000 * INTERVAL_SECONDS);
    // One of ten scrapers does not wait for the answer.
    const { success } = (turn + index) % 10 === 0 ? await run.hangUp(name) : await run.probe(name);
    counts.probes += 1;
    if (!success) counts.failures += 1;
    await next;
  }
}

async function keepReloading(
  run: FleetRun,
  counts: { reloads: number },
  stopped: AbortSignal,
): Promise<void> {
  while (!stopped.aborted) {
    await run.ask('/-/reload', 'POST');
    counts.reloads += 1;
    await sleep(1000 * RELOAD_SECONDS);
  }
}

async function keepPestering(run: FleetRun, stopped: AbortSignal): Promise<void> {
  const questions = [
    '/',
    '/fleet.json',
    '/sd?shard=1/3',
    '/probe',
    '/probe?target=nobody',
    '/nothing',
    '/metrics',
  ];
  for (let turn = 0; !stopped.aborted; turn++) {
    await run.ask(questions[turn % questions.length] ?? '/', 'GET');
    await sleep(500);
  }
}

async function heldBy(run: FleetRun, seconds: number): Promise<Held> {
  const text = await run.ask('/metrics', 'GET');
  const sum = (name: string): number =>
    [...text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (?<value>\\S+)$`, 'gm'))].reduce(
      (total, { groups }) => total + Number(groups?.['value']),
      0,
    );
  return {
    seconds,
    residentBytes: sum('process_resident_memory_bytes'),
    heapBytes: sum('nodejs_heap_size_used_bytes'),
    openFiles: sum('process_open_fds'),
    resources: sum('nodejs_active_resources_total'),
  };
}

function describe(held: Held | undefined, probes: number): string {
  if (held === undefined) return '';
  return `${held.seconds.toFixed(0)} s: ${probes} probes, ${mebibytes(held.residentBytes)} MiB resident, ${mebibytes(held.heapBytes)} MiB of heap, ${held.openFiles} files, ${held.resources} resources`;
}
