import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { freePort } from '../ssh/testing/sshd.js';
import { type ExporterProcess, startExporterProcess } from './testing/exporter-process.js';
import { type RealFleet, startRealFleet } from './testing/real-fleet.js';
import { startTool } from './testing/tool-process.js';

const BUNDLE = fileURLToPath(new URL('../../', import.meta.url));
/** Everything in the bundle that waits waits so many times shorter here. The expressions stay as they are. */
const ACCELERATION = 15;

interface Alert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const cleanups: (() => unknown)[] = [];
const received: Alert[] = [];
let fleet: RealFleet;
let exporter: ExporterProcess;
let prometheus = '';

/** Makes the durations of a configuration or of rules shorter, none shorter than a second. */
function accelerate(text: string): string {
  return text.replaceAll(
    /(?<=[[\s:'"])(?<amount>\d+)(?<unit>[smhd])(?=[\])\s:'"]|$)/gm,
    (_all, amount: string, unit: 's' | 'm' | 'h' | 'd') => {
      const seconds = Number(amount) * { s: 1, m: 60, h: 3600, d: 86_400 }[unit];
      return `${Math.max(1, Math.round(seconds / ACCELERATION))}s`;
    },
  );
}

async function query(
  expression: string,
): Promise<{ metric: Record<string, string>; value: [number, string] }[]> {
  const response = await fetch(`${prometheus}/api/v1/query?query=${encodeURIComponent(expression)}`);
  const { data } = (await response.json()) as {
    data: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  return data.result;
}

/** The names of the instances that an expression gives. */
async function instances(expression: string): Promise<string[]> {
  return (await query(expression)).map(({ metric }) => metric['instance'] ?? '').sort();
}

async function until<T>(what: string, ask: () => T | Promise<T>, wanted: (answer: T) => boolean): Promise<T> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    await sleep(200);
  }
  throw new Error(`It never happened that ${what}.`);
}

beforeAll(async () => {
  fleet = await startRealFleet({ 'fra-1': {}, 'fra-2': {}, 'fra-3': {}, 'fra-4': {} });
  cleanups.push(() => fleet.dispose());
  exporter = await startExporterProcess(fleet.configPath);
  cleanups.push(() => exporter.end('SIGKILL'));

  const phone = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      received.push(...(JSON.parse(body) as { alerts: Alert[] }).alerts);
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(phone, 'listening');
  cleanups.push(() => phone.close());

  const [prometheusPort, alertmanagerPort] = [await freePort(), await freePort()];
  prometheus = `http://127.0.0.1:${prometheusPort}`;
  const at = (...path: string[]): string => join(fleet.folder, ...path);
  const bundled = (...path: string[]): string => readFileSync(join(BUNDLE, ...path), 'utf8');
  mkdirSync(at('rules'));
  mkdirSync(at('templates'));
  for (const file of readdirSync(join(BUNDLE, 'prometheus/rules'))) {
    writeFileSync(at('rules', file), accelerate(bundled('prometheus/rules', file)));
  }
  for (const file of readdirSync(join(BUNDLE, 'alertmanager/templates'))) {
    writeFileSync(at('templates', file), bundled('alertmanager/templates', file));
  }
  writeFileSync(
    at('prometheus.yml'),
    accelerate(bundled('prometheus/prometheus.yml'))
      .replaceAll('pipefleet:10950', new URL(exporter.url).host)
      .replaceAll('prometheus:9090', `127.0.0.1:${prometheusPort}`)
      .replaceAll('alertmanager:9093', `127.0.0.1:${alertmanagerPort}`),
  );
  const webhook = `http://127.0.0.1:${(phone.address() as AddressInfo).port}/`;
  writeFileSync(
    at('alertmanager.yml'),
    accelerate(bundled('alertmanager/alertmanager.yml')).replace(
      /^( +)- name: operator$/m,
      `$1- name: operator\n$1  webhook_configs: [{ url: '${webhook}', send_resolved: true }]`,
    ),
  );
  await startTool(
    cleanups,
    'alertmanager',
    [
      `--config.file=${at('alertmanager.yml')}`,
      `--storage.path=${at('alertmanager-data')}`,
      `--web.listen-address=127.0.0.1:${alertmanagerPort}`,
      '--cluster.listen-address=',
    ],
    `http://127.0.0.1:${alertmanagerPort}/-/ready`,
  );
  await startTool(
    cleanups,
    'prometheus',
    [
      `--config.file=${at('prometheus.yml')}`,
      `--storage.tsdb.path=${at('prometheus-data')}`,
      `--web.listen-address=127.0.0.1:${prometheusPort}`,
    ],
    `${prometheus}/-/ready`,
  );
});

afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
});

const EVERYBODY = ['fra-1', 'fra-2', 'fra-3', 'fra-4'];

describe('Prometheus asks, the exporter scrapes over SSH', () => {
  test('discovers every node and gets an answer from each', async () => {
    await until(
      'every node was up',
      () => instances('probe_success{job="pipe-node"} == 1'),
      (up) => up.length === EVERYBODY.length,
    );
    expect(await instances('up{job="pipe-node"} == 1')).toEqual(EVERYBODY);
    expect(await query('probe_success{job="pipe-node", instance="fra-1"}')).toMatchObject([
      { metric: { job: 'pipe-node', group: 'edge', region: 'eu' } },
    ]);
  });

  test('stores host and node-software series under the names that dashboards know', async () => {
    for (const expression of [
      'node_memory_MemTotal_bytes > 0',
      'node_boot_time_seconds > 0',
      'node_filesystem_size_bytes{mountpoint="/"} > 0',
      'pipe_node_registered == 1',
      'pipe_node_http_up == 1',
      'pipe_node_server_port == 8443',
      'rate(pipe_node_cache_hits_total{tier="disk"}[10s]) > 0',
      'count by (instance) (node_cpu_seconds_total)',
    ]) {
      await until(
        `every node had ${expression}`,
        () => instances(expression),
        (found) => found.join() === EVERYBODY.join(),
      );
    }
  });

  test('reuses its connections: one login a node, however many scrapes', async () => {
    await until(
      'there were ten probes a node',
      () => query('min(count_over_time(probe_success{job="pipe-node"}[1m]))'),
      ([least]) => Number(least?.value[1]) >= 10,
    );
    for (const { sshd } of fleet.nodes) {
      expect(sshd.log().match(/Accepted publickey/g)).toHaveLength(1);
    }
    expect(await instances('probe_connection_reused{job="pipe-node"} == 1')).toEqual(EVERYBODY);
  });
});

describe('alerts fire', () => {
  const about = (status: Alert['status']) => () =>
    received.filter((alert) => alert.status === status && alert.labels['alertname'] === 'PipeNodeDown');

  test('Alertmanager tells the operator that a node is down, which one and why, and when it is back', async () => {
    const [, victim] = fleet.nodes;
    if (victim === undefined) throw new Error('no fleet');
    await victim.sshd.crash();
    const [alert] = await until('PipeNodeDown fired', about('firing'), (alerts) => alerts.length > 0);
    expect(alert?.labels).toMatchObject({
      alertname: 'PipeNodeDown',
      instance: 'fra-2',
      job: 'pipe-node',
      group: 'edge',
      region: 'eu',
      severity: 'critical',
      reason: 'connect',
    });
    expect(alert?.annotations['summary']).toBe('A Pipe node cannot be probed.');
    expect(alert?.annotations['runbook_url']).toMatch(/runbooks\.md#pipenodedown$/);

    await victim.sshd.start();
    const [resolved] = await until('it was resolved', about('resolved'), (alerts) => alerts.length > 0);
    expect(resolved?.labels['instance']).toBe('fra-2');
    expect(new Set(about('firing')().map(({ labels }) => labels['instance']))).toEqual(new Set(['fra-2']));
    expect(
      await instances('min_over_time(probe_success{job="pipe-node", instance!="fra-2"}[30s]) == 1'),
    ).toEqual(['fra-1', 'fra-3', 'fra-4']);
  });
});

describe('the exporter', () => {
  test('killed and started again is back to full service, since it keeps nothing', async () => {
    const { host } = new URL(exporter.url);
    await exporter.end('SIGKILL');
    await until(
      'the targets were down',
      () => instances('up{job="pipe-node"} == 0'),
      (down) => down.length === 4,
    );
    exporter = await startExporterProcess(fleet.configPath, host);
    await until(
      'every node was up again',
      () => instances('probe_success{job="pipe-node"} == 1 and on (instance) up == 1'),
      (up) => up.length === EVERYBODY.length,
    );
  });

  test('takes over a changed configuration at SIGHUP, and keeps the old one when the new one is wrong', async () => {
    const good = readFileSync(fleet.configPath, 'utf8');
    const targets = async (): Promise<number> =>
      ((await (await fetch(`${exporter.url}/sd`)).json()) as unknown[]).length;
    writeFileSync(fleet.configPath, `${good}  - { name: fra-1, host: 127.0.0.1, credential: fra-1 }\n`);
    exporter.child.kill('SIGHUP');
    await until(
      'it was refused',
      () => exporter.log(),
      (log) => log.includes('the old configuration stays'),
    );
    expect(await targets()).toBe(4);

    writeFileSync(fleet.configPath, `${good}  - { name: fra-5, host: 127.0.0.1, credential: fra-1 }\n`);
    exporter.child.kill('SIGHUP');
    await until('it was taken over', targets, (count) => count === 5);
    expect(await (await fetch(`${exporter.url}/metrics`)).text()).toContain(
      'pipefleet_config_last_reload_successful 1',
    );
    writeFileSync(fleet.configPath, good);
    exporter.child.kill('SIGHUP');
    await until('the node was gone', targets, (count) => count === 4);
    for (const { sshd } of fleet.nodes)
      expect(sshd.log().match(/Accepted publickey/g)?.length).toBeLessThan(5);
  });

  test('stops cleanly at SIGTERM, although scrapers keep their connections open', async () => {
    expect(await (await fetch(`${exporter.url}/probe?target=fra-1`)).text()).toContain('\nprobe_success 1\n');
    expect(await exporter.end('SIGTERM')).toBe(0);
  });
});
