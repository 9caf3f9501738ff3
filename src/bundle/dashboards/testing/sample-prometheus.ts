import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { yamlFiles } from '../../../../prometheus/testing/rule-files.js';
import { getJson, startServer, waitFor } from '../../../../prometheus/testing/server.js';
import { findTool } from '../../../stack/tools.js';
import { INTERVAL_SECONDS, openMetrics, sampleFleet, SCRAPES } from './sample-fleet.js';

const execute = promisify(execFile);

/** One series of an answer: its labels, and its last value as Prometheus prints it. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: string;
}

/** A Prometheus that holds the sample fleet and evaluates the rules. */
export interface SamplePrometheus {
  readonly url: string;
  /** @throws when Prometheus refuses the expression or has a remark about it */
  instant(expression: string): Promise<Series[]>;
  /** Over all of the sample data. @throws as `instant` */
  range(expression: string): Promise<Series[]>;
  stop(): Promise<void>;
}

interface Answer {
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value?: readonly [number, string];
      readonly values?: readonly (readonly [number, string])[];
    }[];
  };
}

export async function startSamplePrometheus(): Promise<SamplePrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'pipefleet-prometheus-'));
  const data = join(folder, 'data');
  const samples = join(folder, 'samples.om');
  const config = join(folder, 'prometheus.yml');
  // The samples end a moment ago: what the rules write must be newer.
  const end = Math.floor(Date.now() / 1000) - 1;
  writeFileSync(samples, openMetrics(sampleFleet(), end));
  writeFileSync(
    config,
    JSON.stringify({ global: { evaluation_interval: '1s' }, rule_files: yamlFiles('rules') }),
  );
  await execute(await findTool('promtool'), ['tsdb', 'create-blocks-from', 'openmetrics', samples, data]);
  const server = await startServer('prometheus', [`--config.file=${config}`, `--storage.tsdb.path=${data}`]);

  const ask = async (path: string, parameters: Record<string, string>): Promise<Series[]> => {
    const answer = (await getJson(
      `${server.url}/api/v1/${path}?${new URLSearchParams(parameters).toString()}`,
    )) as Answer;
    const remarks = [...(answer.warnings ?? []), ...(answer.infos ?? [])];
    if (remarks.length > 0) throw new Error(remarks.join(' '));
    return answer.data.result.map(({ metric, value, values }) => ({
      labels: metric,
      value: (value ?? values?.at(-1))?.[1] ?? '',
    }));
  };
  const instant = (expression: string): Promise<Series[]> => ask('query', { query: expression });
  // The last step is now: what the rules wrote is a moment old.
  const range = (expression: string): Promise<Series[]> => {
    const now = Date.now() / 1000;
    const start = String(now - SCRAPES * INTERVAL_SECONDS);
    return ask('query_range', { query: expression, start, end: String(now), step: String(INTERVAL_SECONDS) });
  };
  const stop = async (): Promise<void> => {
    await server.stop();
    rmSync(folder, { recursive: true });
  };

  // The rules of the fleet need what the rules of the nodes wrote in an earlier round.
  const written = `job:pipe_node_cache_hits_per_requests:ratio_rate5m
    and on () ALERTS{alertname="PipeNodeDown", alertstate="firing"}
    and on () ALERTS{alertname="PipeNodeRestarting", alertstate="firing"}`;
  await waitFor(
    () => instant(written).catch(() => []),
    (series) => series.length > 0,
  );
  return { url: server.url, instant, range, stop };
}
