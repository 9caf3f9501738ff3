import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { type PastServer, startPastPrometheus } from '../grafana/preview/past-prometheus.js';
import { startOnData } from '../prometheus/testing/backfill.js';
import { durationSeconds, readPromql } from '../prometheus/testing/promql.js';
import { getJson, type RunningServer } from '../prometheus/testing/server.js';
import { defaultSettings } from '../src/bundle/load-settings.js';
import { alertGroups, recordingGroups, type WrittenGroup } from '../src/bundle/render/prometheus-rules.js';
import { findTool } from '../src/stack/tools.js';
import { type Usage, usageOf } from './process-usage.js';
import type { Bench, BenchResult } from './result.js';
import { renderSpread, spreadOf } from './spread.js';
import { versionOf } from './versions.js';

/** Copies of each of the twelve nodes of the simulated history. */
const COPIES = 84;
const ROUNDS = 3;
const MINUTE = 60;
const RECENT_SECONDS = 20 * MINUTE;
/** Hours of the history that {@link startPastPrometheus} gives, for windows of a week and a month. */
const WHOLE_SECONDS = 42 * 3600;

/** What the rules cost Prometheus. */
export const rules: Bench = {
  name: 'rules',
  what: 'What one evaluation of all rules costs Prometheus over a thousand nodes, of which it has a simulated history.',
  minutes: 15,
  run: measureRules,
};

async function measureRules(say: (sentence: string) => void): Promise<BenchResult> {
  const settings = defaultSettings();
  const groups = [...recordingGroups(settings), ...alertGroups(settings)];
  const folder = mkdtempSync(join(tmpdir(), 'pipefleet-bench-'));
  try {
    const past = await startPastPrometheus(say);
    const data = join(folder, 'data');
    const file = join(folder, 'history.om');
    say(`Writing the history of ${COPIES} copies of each node.`);
    const size = await writeCopies(past, groups, file).finally(() => past.stop());
    say(`Importing ${size.samples} samples.`);
    const words = ['tsdb', 'create-blocks-from', '--max-block-duration=48h', 'openmetrics', '--quiet'];
    await promisify(execFile)(await findTool('promtool'), [...words, file, data]);
    rmSync(file);
    const server = await startOnData(data, []);
    try {
      return await evaluate(server, groups, { ...size, end: past.end }, say);
    } finally {
      await server.stop();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const matrix = z.object({
  data: z.object({
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        values: z.array(z.tuple([z.number(), z.string()])),
      }),
    ),
  }),
});

interface Size {
  readonly instances: number;
  readonly series: number;
  readonly samples: number;
}

/** Writes what the rules read: as far into the past as they look, and at the steps at which they look. */
async function writeCopies(past: PastServer, groups: readonly WrittenGroup[], file: string): Promise<Size> {
  const out = createWriteStream(file);
  const instances = new Set<string>();
  let [series, samples] = [0, 0];
  for (const [metric, window] of windowsOf(groups)) {
    for (const [labels, values] of await historyOf(past, metric, window)) {
      const { instance = '', ...rest } = labels;
      const others = Object.entries(rest)
        .filter(([name]) => name !== '__name__')
        .map(([name, value]) => `,${name}=${JSON.stringify(value)}`);
      const copies = instance === '' ? 1 : COPIES;
      for (let copy = 0; copy < copies; copy++) {
        const name = copies === 1 ? instance : `${instance}-${copy}`;
        instances.add(name);
        series++;
        samples += values.length;
        const head = `${metric}{instance="${name}"${others.join('')}}`;
        const text = values.map(([at, value]) => `${head} ${value} ${at}\n`).join('');
        if (!out.write(text)) await once(out, 'drain');
      }
    }
  }
  out.end('# EOF\n');
  await once(out, 'finish');
  return { instances: instances.size, series, samples };
}

/** How far a rule looks back, and how often in between, in seconds. */
interface Window {
  readonly seconds: number;
  readonly step: number;
}

type Labels = Readonly<Record<string, string>>;

/** Every series of a metric with its samples in order: the last minutes as they were scraped, and what is older at the step of the window. */
async function historyOf(
  past: PastServer,
  metric: string,
  { seconds, step }: Window,
): Promise<[labels: Labels, values: readonly (readonly [at: number, value: string])[]][]> {
  const found = new Map<string, Map<number, string>>();
  const spans = [
    { seconds, step },
    { seconds: RECENT_SECONDS, step: MINUTE },
  ];
  for (const span of spans) {
    const query = new URLSearchParams({
      query: `{__name__="${metric}",job!="pipefleet"}`,
      start: String(past.end - span.seconds),
      end: String(past.end),
      step: String(span.step),
    });
    const { data } = matrix.parse(await getJson(`${past.url}/api/v1/query_range?${query.toString()}`));
    for (const { metric: labels, values } of data.result) {
      const key = JSON.stringify(labels);
      found.set(key, new Map([...(found.get(key) ?? []), ...values]));
    }
  }
  return Array.from(found, ([key, values]) => [
    z.record(z.string(), z.string()).parse(JSON.parse(key)),
    [...values].sort(([one], [other]) => one - other),
  ]);
}

/** The widest window of the rules on each metric, at the finest of their steps. */
function windowsOf(groups: readonly WrittenGroup[]): Map<string, Window> {
  const windows = new Map<string, Window>();
  for (const { rule } of groups.flatMap((group) => group.rules)) {
    for (const { metric, range = '0s', subqueries } of readPromql(rule.expr).selectors) {
      const parts = subqueries.map((subquery) => subquery.split(':').map(durationSeconds));
      const seconds = parts.reduce((sum, [width = 0]) => sum + width, durationSeconds(range));
      const step = range === '0s' ? (parts[0]?.[1] ?? MINUTE) : MINUTE;
      const known = windows.get(metric) ?? { seconds: 0, step: Infinity };
      windows.set(metric, {
        seconds: Math.min(WHOLE_SECONDS, Math.max(known.seconds, seconds)),
        step: seconds > RECENT_SECONDS ? Math.min(known.step, Math.max(step, MINUTE)) : known.step,
      });
    }
  }
  for (const [metric, { seconds, step }] of windows)
    windows.set(metric, { seconds, step: Number.isFinite(step) ? step : MINUTE });
  return windows;
}

async function evaluate(
  server: RunningServer,
  groups: readonly WrittenGroup[],
  { instances, series, samples, end }: Size & { readonly end: number },
  say: (sentence: string) => void,
): Promise<BenchResult> {
  const facts = (): Usage => usageOf(server.pid);
  const times = new Map(groups.map(({ name }) => [name, [] as number[]]));
  let share = 0;
  const slowest = new Map<string, number>();
  for (let round = 0; round <= ROUNDS; round++) {
    say(`Evaluation ${round} of ${ROUNDS}${round === 0 ? ', to warm up' : ''}.`);
    for (const group of groups) {
      const before = facts();
      const since = performance.now();
      for (const { rule } of group.rules) {
        const start = performance.now();
        const query = new URLSearchParams({ query: rule.expr, time: String(end) });
        await getJson(`${server.url}/api/v1/query?${query.toString()}`);
        slowest.set('record' in rule ? rule.record : rule.alert, performance.now() - start);
      }
      if (round === 0) continue;
      times.get(group.name)?.push((performance.now() - since) / 1000);
      share += (facts().cpuSeconds - before.cpuSeconds) / ROUNDS / intervalOf(group);
    }
  }
  const worst = [...slowest].sort(([, one], [, other]) => other - one).slice(0, 3);
  return {
    versions: { Prometheus: await versionOf('prometheus') },
    tables: [
      {
        columns: ['group', 'rules', `seconds, median of ${ROUNDS} (range)`, 'interval'],
        rows: groups.map((group) => [
          group.name,
          String(group.rules.length),
          renderSpread(spreadOf(times.get(group.name) ?? []), 2),
          `${intervalOf(group)} s`,
        ]),
      },
      {
        columns: ['all rules together', ''],
        rows: [
          ['instances', String(instances)],
          ['series that rules read', String(series)],
          ['samples', `${(samples / 1e6).toFixed(1)} million`],
          ['CPU, as a share of one core', `${(share * 100).toFixed(0)} %`],
          ['most memory that Prometheus took', `${(facts().peakBytes / 2 ** 20).toFixed(0)} MiB`],
          ...worst.map(([name, milliseconds]) => [`\`${name}\``, `${milliseconds.toFixed(0)} ms`]),
        ],
      },
    ],
  };
}

/** In seconds; a group without one has that of prometheus/prometheus.yml. */
function intervalOf({ interval }: WrittenGroup): number {
  return interval === undefined ? 30 : durationSeconds(interval);
}
