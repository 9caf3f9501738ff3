import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backfill, importSamples, startOnData } from '../../prometheus/testing/backfill.js';
import { knownMetrics } from '../../prometheus/testing/known-metrics.js';
import { waitFor, type RunningServer } from '../../prometheus/testing/server.js';
import { dashboards } from '../../src/bundle/dashboards/dashboards.js';
import { openMetrics, sampleFleet } from '../../src/bundle/dashboards/testing/sample-fleet.js';
import { defaultSettings } from '../../src/bundle/load-settings.js';
import { alertGroups, recordingGroups, type WrittenGroup } from '../../src/bundle/render/prometheus-rules.js';
import { rulesFile } from '../../src/bundle/render/rules-file.js';
import { connect } from './prometheus.js';
import { writeHistory } from './simulated-history.js';

/** Enough for a day that is usual, a day to know how much it varies, and hours to compare with them. */
const HOURS = 42;
const STEP_SECONDS = 120;

/** A Prometheus whose data ends at a time, in Unix seconds. */
export interface PastServer extends RunningServer {
  readonly end: number;
}

/**
 * A Prometheus that holds two days of the simulated fleet, with what the recording rules would have written meanwhile. Alerts are
 * evaluated now, without the time that they would wait.
 */
export async function startPastPrometheus(say: (text: string) => void): Promise<PastServer> {
  const folder = mkdtempSync(join(tmpdir(), 'pipefleet-preview-'));
  const data = join(folder, 'data');
  const end = Math.floor(Date.now() / 1000 / STEP_SECONDS) * STEP_SECONDS;
  const settings = { ...defaultSettings(), scrapeIntervalSeconds: STEP_SECONDS };
  const recording = recordingGroups(settings);

  say(`Simulating ${HOURS} hours of twelve nodes.`);
  const history = join(folder, 'history.om');
  const wanted = await wantedMetrics();
  await writeHistory(history, { end, hours: HOURS, stepSeconds: STEP_SECONDS, wanted });
  // The exporter and the servers tell nothing in a history of nodes: these series are made up.
  const servers = join(folder, 'servers.om');
  const others = sampleFleet().filter(({ labels }) => !(labels['job'] ?? '').startsWith('pipe-'));
  writeFileSync(servers, openMetrics(others, end));
  for (const file of [history, servers]) await importSamples(file, data);
  rmSync(history);
  await backfill(data, recording, { start: end - HOURS * 3600, end, stepSeconds: STEP_SECONDS }, say);

  const rules = join(folder, 'rules.yml');
  writeFileSync(rules, rulesFile('', [...recording, ...alertGroups(settings)].map(atOnce)));
  // What was scraped last is minutes old by now, and is to be the present for the alerts.
  const server = await startOnData(data, [rules], '15m');
  await waitFor(
    () => connect(server.url).instant('count(ALERTS{alertstate="firing"}) > 5', Date.now() / 1000),
    (found) => found.length > 0,
  );
  return {
    ...server,
    end,
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Every rule at each evaluation, and alerts without the time that they would wait. */
function atOnce({ name, rules }: WrittenGroup): WrittenGroup {
  return {
    name,
    interval: undefined,
    rules: rules.map(({ note, rule }) => ({ note, rule: 'alert' in rule ? { ...rule, for: '0s' } : rule })),
  };
}

/** What rules and dashboards ask for; the rest would only fill the disk. */
async function wantedMetrics(): Promise<Set<string>> {
  const settings = defaultSettings();
  const text = JSON.stringify([recordingGroups(settings), alertGroups(settings), dashboards(settings)]);
  const known = await knownMetrics();
  return new Set([...known.keys()].filter((name) => text.includes(name)));
}
