import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { WrittenGroup } from '../../src/bundle/render/prometheus-rules.js';
import { rulesFile } from '../../src/bundle/render/rules-file.js';
import { findTool } from '../../src/stack/tools.js';
import { readPromql } from './promql.js';
import { startServer, waitFor, type RunningServer } from './server.js';

const execute = promisify(execFile);
const MAX_OUTPUT = 64 * 1024 * 1024;

/** A span of the past, in Unix seconds. */
export interface Past {
  readonly start: number;
  readonly end: number;
  /** Between two evaluations. */
  readonly stepSeconds: number;
}

/** Puts a file in the OpenMetrics text format into the data of a Prometheus that does not run. */
export async function importSamples(file: string, data: string): Promise<void> {
  const words = ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', file, data];
  await execute(await findTool('promtool'), words, { maxBuffer: MAX_OUTPUT });
}

/**
 * Starts a Prometheus on what others have put into its data, and waits until it has opened all of it.
 *
 * @param lookback how old a sample may be that still counts as the present
 */
export async function startOnData(
  data: string,
  ruleFiles: readonly string[],
  lookback = '5m',
): Promise<RunningServer> {
  const folder = mkdtempSync(join(tmpdir(), 'pipefleet-past-'));
  const config = join(folder, 'prometheus.yml');
  writeFileSync(
    config,
    JSON.stringify({
      global: { evaluation_interval: '5s' },
      rule_files: ruleFiles,
    }),
  );
  const server = await startServer('prometheus', [
    `--config.file=${config}`,
    `--storage.tsdb.path=${data}`,
    '--storage.tsdb.retention.time=60d',
    '--query.max-samples=200000000',
    `--query.lookback-delta=${lookback}`,
  ]);
  const ready = async (): Promise<number> => (await fetch(`${server.url}/-/ready`)).status;
  await waitFor(ready, (status) => status === 200);
  return {
    ...server,
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/**
 * Writes what recording rules would have written in the past. What a rule reads of another one must have been written before: level
 * by level, with a new start in between.
 */
export async function backfill(
  data: string,
  groups: readonly WrittenGroup[],
  { start, end, stepSeconds }: Past,
  say: (text: string) => void,
): Promise<void> {
  const promtool = await findTool('promtool');
  const folder = mkdtempSync(join(tmpdir(), 'pipefleet-rules-'));
  const steps = levels(groups);
  for (const [level, group] of steps.entries()) {
    say(`Computing what the rules would have written, step ${level + 1} of ${steps.length}.`);
    const file = join(folder, `level-${level}.yml`);
    writeFileSync(file, rulesFile('', [group]));
    const server = await startOnData(data, []);
    const span = [`--start=${start}`, `--end=${end}`, `--eval-interval=${stepSeconds}s`];
    const target = [`--url=${server.url}`, `--output-dir=${data}`];
    const words = ['tsdb', 'create-blocks-from', 'rules', ...target, ...span, file];
    await execute(promtool, words, { maxBuffer: MAX_OUTPUT }).finally(() => server.stop());
  }
  rmSync(folder, { recursive: true });
}

/** Rules in the order in which they need each other: what a level reads, an earlier one has written. */
function levels(groups: readonly WrittenGroup[]): WrittenGroup[] {
  const rules = groups.flatMap((group) => group.rules);
  const nameOf = ({ rule }: (typeof rules)[number]): string => ('record' in rule ? rule.record : rule.alert);
  const names = new Set(rules.map(nameOf));
  const levelOf = new Map<string, number>();
  for (let round = 0; levelOf.size < rules.length && round < rules.length; round++) {
    for (const one of rules) {
      if (levelOf.has(nameOf(one))) continue;
      const below = readPromql(one.rule.expr)
        .selectors.map(({ metric }) => metric)
        .filter((metric) => names.has(metric))
        .map((metric) => levelOf.get(metric));
      if (below.every((level) => level !== undefined && level < round)) levelOf.set(nameOf(one), round);
    }
  }
  const highest = Math.max(...levelOf.values());
  return Array.from({ length: highest + 1 }, (_, level) => ({
    name: `level-${level}`,
    interval: undefined,
    rules: rules.filter((one) => levelOf.get(nameOf(one)) === level),
  }));
}
