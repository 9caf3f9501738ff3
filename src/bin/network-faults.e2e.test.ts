import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type ExporterProcess, startExporterProcess } from './testing/exporter-process.js';
import { type FaultProxy, startFaultProxy } from './testing/fault-proxy.js';
import { faultRun, HEALTHY } from './testing/fault-run.js';
import { NETWORK_FAULTS } from './testing/fault-table.js';
import { type RealFleet, startRealFleet } from './testing/real-fleet.js';
import { seriesValue } from './testing/series-value.js';

const proxies: FaultProxy[] = [];
let fleet: RealFleet;
let exporter: ExporterProcess;
const { expectReasons, expectRecovery, expectUnharmed } = faultRun(() => exporter);

beforeAll(async () => {
  const config = ['MaxStartups 200'];
  fleet = await startRealFleet({ 'fra-1': { config }, 'fra-2': { config }, behind: { config } });
  const behind = fleet.nodes[2];
  if (behind === undefined) throw new Error('no fleet');
  const key = readFileSync(`${behind.sshd.hostKeyFile}.pub`, 'utf8');
  for (const { name, stage, action } of NETWORK_FAULTS) {
    const proxy = await startFaultProxy(behind.sshd, stage, action);
    proxies.push(proxy);
    appendFileSync(join(fleet.folder, 'known_hosts'), `[127.0.0.1]:${proxy.port} ${key}`);
    fleet.addNode(
      `  - { name: ${name}, host: 127.0.0.1, port: ${proxy.port}, credential: behind, software: { http_port: ${behind.software.port}, https_port: 8443 } }\n`,
    );
  }
  exporter = await startExporterProcess(fleet.configPath);
});

afterAll(async () => {
  await exporter.end('SIGKILL');
  for (const proxy of proxies) proxy.stop();
  await fleet.dispose();
});

test('each fault has its reason', async () => {
  // Often enough that a program stands by on each connection.
  for (let time = 0; time < 2; time++) {
    await expectReasons(NETWORK_FAULTS.map((fault) => ({ ...fault, reason: 'none' })));
  }
  for (const proxy of proxies) proxy.strike();
  await expectReasons(NETWORK_FAULTS);
});

test('each is forgotten when it has healed: by the next probe, or after the backoff', async () => {
  for (const proxy of proxies) proxy.heal();
  await expectRecovery(NETWORK_FAULTS);
});

test('no healthy node waits for one that is frozen, however long that may take', async () => {
  // Nothing ends a frozen probe here but the scraper that leaves.
  const patient = join(fleet.folder, 'patient.yml');
  const text = readFileSync(fleet.configPath, 'utf8');
  writeFileSync(
    patient,
    `modules: { node: { timeout: 1h } }\n${text.replace(/dial_timeout: \w+/, 'dial_timeout: 1h')}`,
  );
  const other = await startExporterProcess(patient);
  const { reasonOf } = faultRun(() => other);
  const frozen = NETWORK_FAULTS.filter(({ action }) => action === 'freeze').map(({ name }) => name);
  for (const name of [...frozen, 'fra-1']) expect([name, await reasonOf(name)]).toEqual([name, 'none']);
  for (const proxy of proxies) proxy.strike();
  const scraper = new AbortController();
  let ended = 0;
  const asked = frozen.map((name) =>
    fetch(`${other.url}/probe?target=${name}`, {
      headers: { 'X-Prometheus-Scrape-Timeout-Seconds': '3600' },
      signal: scraper.signal,
    })
      .then(() => (ended += 1))
      .catch(() => undefined),
  );
  const inFlight = async (): Promise<number | undefined> =>
    seriesValue(await (await fetch(`${other.url}/metrics`)).text(), 'pipefleet_probes_in_flight');
  while ((await inFlight()) !== frozen.length) await sleep(20);
  // Over a connection that is kept, and over a new one.
  for (const node of HEALTHY) expect([node, await reasonOf(node)]).toEqual([node, 'none']);
  expect(ended).toBe(0);
  expect(await inFlight()).toBe(frozen.length);
  scraper.abort();
  await Promise.all(asked);
  while ((await inFlight()) !== 0) await sleep(20);
  await other.end('SIGKILL');
});

test('the exporter is none the worse for it', expectUnharmed);
