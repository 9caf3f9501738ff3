import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '../ssh/testing/sshd.js';
import { type ExporterProcess, startExporterProcess, startPipefleet } from './testing/exporter-process.js';
import { seriesValue } from './testing/series-value.js';
import { startTool } from './testing/tool-process.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const NODES = 60;
const INTERVAL_SECONDS = 3;

const cleanups: (() => unknown)[] = [];
const exporters: ExporterProcess[] = [];
let folder: string;
let config: string;
let store: string;
let front: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pipefleet-scale-'));
  cleanups.push(() => rmSync(folder, { recursive: true }));
  const fleet = startPipefleet('sim', '--nodes', String(NODES), '--folder', join(folder, 'fleet'));
  cleanups.push(() => {
    fleet.kill('SIGTERM');
    return fleet.ended;
  });
  await fleet.until(/^Ctrl-C/m, 'stdout');
  config = join(folder, 'fleet', 'pipefleet.yml');

  for (let number = 1; number <= 3; number++) {
    exporters.push(await startExporterProcess(config, `127.0.0.1:${await freePort()}`));
  }
  cleanups.push(() => Promise.all(exporters.map((exporter) => exporter.end('SIGKILL'))));

  const [frontPort, storePort, ...agentPorts] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  front = `http://127.0.0.1:${frontPort}`;
  store = `http://127.0.0.1:${storePort}`;
  await startTool(cleanups, 'haproxy', ['-db', '-f', haproxyConfig(frontPort)], `${front}/-/ready`);
  await startTool(
    cleanups,
    'victoria-metrics',
    [
      `-storageDataPath=${join(folder, 'storage')}`,
      `-httpListenAddr=127.0.0.1:${storePort}`,
      `-dedup.minScrapeInterval=${INTERVAL_SECONDS}s`,
      '-search.latencyOffset=1s',
    ],
    `${store}/health`,
  );
  for (const [number, port] of agentPorts.entries()) {
    await startTool(
      cleanups,
      'vmagent',
      [
        `-promscrape.config=${vmagentConfig(frontPort)}`,
        '-promscrape.cluster.membersCount=2',
        `-promscrape.cluster.memberNum=${number}`,
        '-promscrape.httpSDCheckInterval=2s',
        `-remoteWrite.url=${store}/api/v1/write`,
        `-remoteWrite.tmpDataPath=${join(folder, `agent-${number}`)}`,
        '-remoteWrite.flushInterval=500ms',
        `-httpListenAddr=127.0.0.1:${port}`,
      ],
      `http://127.0.0.1:${port}/health`,
    );
  }
});

afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
});

/** The file of the project, with the addresses of this run, and without the name server of Docker. */
function haproxyConfig(frontPort: number): string {
  const path = join(folder, 'haproxy.cfg');
  let text = readFileSync(join(ROOT, 'deploy/scale/haproxy.cfg'), 'utf8')
    .replace('bind :10950', `bind 127.0.0.1:${frontPort}`)
    .replace('maxconn 20000', 'maxconn 1000')
    .replace(' resolvers docker init-addr libc,none', '')
    .replace(/^resolvers docker\n(?: .*\n)+/m, '');
  for (const [index, { url }] of exporters.entries()) {
    text = text.replace(`pipefleet-${index + 1}:10950`, new URL(url).host);
  }
  writeFileSync(path, text);
  return path;
}

/** The file of the project, with the addresses of this run, a shorter interval and the job of the nodes alone beside that of the exporters. */
function vmagentConfig(frontPort: number): string {
  const path = join(folder, 'vmagent.yml');
  let text = readFileSync(join(ROOT, 'deploy/scale/vmagent.yml'), 'utf8')
    .replaceAll('haproxy:10950', `127.0.0.1:${frontPort}`)
    .replaceAll(/scrape_interval: 30s/g, `scrape_interval: ${INTERVAL_SECONDS}s`)
    .replaceAll(/scrape_timeout: (?:10|25)s/g, `scrape_timeout: ${INTERVAL_SECONDS}s`)
    .replaceAll(/ {2}- job_name: (?:pipe-inventory|pipe-audit|alertmanager)\n(?: {4}.*\n)+\n?/g, '');
  for (const [index, { url }] of exporters.entries()) {
    text = text.replace(`pipefleet-${index + 1}:10950`, new URL(url).host);
  }
  writeFileSync(path, text);
  return path;
}

/** Values of an instant query, by instance. */
async function query(expression: string): Promise<Map<string, number>> {
  const response = await fetch(`${store}/api/v1/query?nocache=1&query=${encodeURIComponent(expression)}`);
  const { data } = (await response.json()) as {
    data: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  return new Map(data.result.map(({ metric, value }) => [metric['instance'] ?? '', Number(value[1])]));
}

async function one(expression: string): Promise<number> {
  return [...(await query(expression)).values()][0] ?? NaN;
}

/** Probes that each exporter has answered so far; nothing for one that is gone. */
async function probesOf(exporter: ExporterProcess): Promise<number> {
  const text = await (await fetch(`${exporter.url}/metrics`)).text();
  return seriesValue(text, 'pipefleet_probes_total{module="node",reason="none"}') ?? NaN;
}

const fullSeconds = 4 * INTERVAL_SECONDS;

test('each node is scraped once an interval, always by the same exporter', async () => {
  while ((await one(`count(count_over_time(probe_success[${fullSeconds}s]) >= 3)`)) !== NODES)
    await sleep(500);
  expect(await one('count(probe_success == 1)')).toBe(NODES);
  // Once each has a connection, nobody dials.
  const shares = await Promise.all(exporters.map(probesOf));
  for (const share of shares) expect(share).toBeGreaterThan(NODES / 10);
  const dials = await one('sum(pipefleet_ssh_dials_total{reason="none"})');
  expect(dials).toBeGreaterThanOrEqual(NODES);
  // An exporter that is busy for a moment is gone to HAProxy, and another one takes its place.
  expect(dials).toBeLessThan(1.2 * NODES);
});

test('an exporter that is killed loses no scrape: another one answers, and gives the nodes back', async () => {
  const [, killed] = exporters;
  if (killed === undefined) throw new Error('There are three exporters.');
  const since = performance.now();
  const before = await query(`max_over_time(timestamp(probe_success)[${fullSeconds}s:1s])`);
  expect(before.size).toBe(NODES);
  await killed.end('SIGKILL');
  await sleep(1000 * 5 * INTERVAL_SECONDS);
  const window = `${Math.ceil((performance.now() - since) / 1000)}s`;
  // No probe that failed, no scrape that failed, and none that was left out.
  expect(await one(`min(min_over_time(probe_success[${window}]))`)).toBe(1);
  expect(await one(`min(min_over_time(up{job="pipe-node"}[${window}]))`)).toBe(1);
  expect(await one(`min(count_over_time(probe_success[${window}]))`)).toBeGreaterThanOrEqual(4);
  expect(await one('count(up{job="pipefleet"} == 0)')).toBe(1);

  // Started again, it has its nodes again.
  const { host } = new URL(killed.url);
  exporters[1] = await startExporterProcess(config, host);
  while ((await probesOf(exporters[1])) < NODES / 10) await sleep(200);
  while ((await one('count(up{job="pipefleet"} == 1)')) !== 3) await sleep(500);
  expect(await one(`min(min_over_time(up{job="pipe-node"}[10s]))`)).toBe(1);
});

test('the rules of the project run on the store, and what they say is kept', async () => {
  const port = await freePort();
  await startTool(
    cleanups,
    'vmalert',
    [
      `-rule=${join(ROOT, 'prometheus/rules/*.yml')}`,
      `-datasource.url=${store}`,
      `-remoteWrite.url=${store}`,
      `-remoteRead.url=${store}`,
      '-notifier.blackhole',
      '-evaluationInterval=1s',
      `-httpListenAddr=127.0.0.1:${port}`,
    ],
    `http://127.0.0.1:${port}/health`,
  );
  const failing = async (): Promise<readonly string[]> => {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/rules`);
    const { data } = (await response.json()) as {
      data: { groups: { rules: { name: string; lastError?: string; health: string }[] }[] };
    };
    return data.groups.flatMap(({ rules }) =>
      rules
        .filter(({ lastError = '' }) => lastError !== '')
        .map(({ name, lastError }) => `${name}: ${lastError}`),
    );
  };
  while (Number.isNaN(await one('count({__name__=~"pipe:.*|instance:.*|fleet:.*"})'))) await sleep(500);
  expect(await failing()).toEqual([]);
});
