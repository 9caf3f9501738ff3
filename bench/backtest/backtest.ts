import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backfill, importSamples, startOnData } from '../../prometheus/testing/backfill.js';
import { durationSeconds } from '../../prometheus/testing/promql.js';
import { getJson } from '../../prometheus/testing/server.js';
import { defaultSettings } from '../../src/bundle/load-settings.js';
import { alertGroups, recordingGroups, type WrittenAlert } from '../../src/bundle/render/prometheus-rules.js';
import { NOTICED_BY } from './faults.js';
import { episodes, type Episode } from './firing.js';
import { fleetOf, type Fleet } from './fleet.js';
import { NAIVE } from './naive.js';
import { scoreOf, type Score } from './score.js';
import { writeSamples } from './samples.js';

const DAYS = 6;
const STEP_SECONDS = 120;

/** One line of the report: ours and the naive rule over all fleets. */
export interface Result {
  readonly alert: string;
  readonly ours: readonly Score[];
  readonly naive: readonly Score[];
}

/**
 * Runs the predictive and anomaly alerts over simulated fleets with faults that are known, on a real Prometheus with the real rules.
 *
 * @param seeds one fleet each
 */
export async function backtest(seeds: readonly number[], say: (text: string) => void): Promise<Result[]> {
  const results = new Map<string, { ours: Score[]; naive: Score[] }>();
  for (const seed of seeds) {
    say(`Fleet ${seed}: 24 nodes, ${DAYS} days.`);
    const end = Math.floor(Date.now() / 1000 / STEP_SECONDS) * STEP_SECONDS - 600;
    const fleet = fleetOf(seed, end, DAYS, STEP_SECONDS);
    for (const [alert, scores] of await runFleet(fleet, say)) {
      const sums = results.get(alert) ?? { ours: [], naive: [] };
      sums.ours.push(scores.ours);
      sums.naive.push(scores.naive);
      results.set(alert, sums);
    }
  }
  return [...results].map(([alert, scores]) => ({ alert, ...scores }));
}

async function runFleet(
  fleet: Fleet,
  say: (text: string) => void,
): Promise<Map<string, { ours: Score; naive: Score }>> {
  const folder = mkdtempSync(join(tmpdir(), 'pipefleet-backtest-'));
  const data = join(folder, 'data');
  const file = join(folder, 'samples.om');
  const settings = { ...defaultSettings(), scrapeIntervalSeconds: STEP_SECONDS };
  const { start, end, stepSeconds } = fleet;
  try {
    await writeSamples(file, fleet);
    await importSamples(file, data);
    rmSync(file);
    await backfill(data, recordingGroups(settings), { start, end, stepSeconds }, say);
    const server = await startOnData(data, []);
    const alerts = alertGroups(settings)
      .flatMap(({ rules }) => rules)
      .flatMap(({ rule }) => ('alert' in rule && rule.alert in NOTICED_BY ? [rule] : []));
    const scores = new Map<string, { ours: Score; naive: Score }>();
    for (const rule of alerts) {
      const faults = fleet.faults.filter(({ kind }) => NOTICED_BY[rule.alert]?.includes(kind) === true);
      const [expr, hold] = NAIVE[rule.alert] ?? ['', 0];
      const naive: WrittenAlert = { ...rule, expr, for: `${hold}s` };
      scores.set(rule.alert, {
        ours: scoreOf(faults, fleet.faults, await firings(server.url, rule, fleet)),
        naive: scoreOf(faults, fleet.faults, await firings(server.url, naive, fleet)),
      });
    }
    await server.stop();
    return scores;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function firings(
  url: string,
  rule: WrittenAlert,
  { start, end, stepSeconds }: Fleet,
): Promise<Episode[]> {
  const query = new URLSearchParams({
    query: rule.expr,
    start: String(start + 86_400),
    end: String(end),
    step: String(stepSeconds),
  });
  const answer = (await getJson(`${url}/api/v1/query_range?${query.toString()}`)) as {
    data: { result: { metric: { instance?: string }; values: [number, string][] }[] };
  };
  const hold = durationSeconds(rule.for ?? '0s');
  const keep = durationSeconds(rule.keep_firing_for ?? '0s');
  return answer.data.result.flatMap(({ metric, values }) =>
    episodes(
      metric.instance ?? '',
      values.map(([at]) => at),
      stepSeconds,
      hold,
      keep,
    ),
  );
}

/** The table for docs/alerting.md. */
export function report(results: readonly Result[]): string {
  const rows = results.map(({ alert, ours, naive }) => `| ${alert} | ${words(ours)} | ${words(naive)} |`);
  return [
    '| Alert | faults | found | false | precision | recall | median | naive: found | false | precision | recall |',
    '|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|',
    ...rows,
  ].join('\n');

  function words(scores: readonly Score[]): string {
    const sum = (key: 'faults' | 'found' | 'falseAlarms' | 'episodes'): number =>
      scores.reduce((total, score) => total + score[key], 0);
    const share = (part: number, whole: number): string =>
      whole === 0 ? '–' : `${Math.round((part / whole) * 100)} %`;
    const precision = share(sum('episodes') - sum('falseAlarms'), sum('episodes'));
    const recall = share(sum('found'), sum('faults'));
    if (scores === results.find(({ naive }) => naive === scores)?.naive) {
      return `${sum('found')} | ${sum('falseAlarms')} | ${precision} | ${recall}`;
    }
    const times = scores.flatMap(({ seconds }) => seconds ?? []).sort((a, b) => a - b);
    const median = times[Math.floor(times.length / 2)];
    const time =
      median === undefined
        ? '–'
        : median < 7200
          ? `${Math.round(median / 60)} min`
          : `${(median / 3600).toFixed(1)} h`;
    return `${sum('faults')} | ${sum('found')} | ${sum('falseAlarms')} | ${precision} | ${recall} | ${time}`;
  }
}
