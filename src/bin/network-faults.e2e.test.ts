import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, test } from '@jest/globals';
import { type ExporterProcess, startExporterProcess } from './testing/exporter-process.js';
import { type FaultProxy, startFaultProxy } from './testing/fault-proxy.js';
import { faultRun } from './testing/fault-run.js';
import { NETWORK_FAULTS } from './testing/fault-table.js';
import { type RealFleet, startRealFleet } from './testing/real-fleet.js';

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
}, 60_000);

afterAll(async () => {
  await exporter.end('SIGKILL');
  for (const proxy of proxies) proxy.stop();
  await fleet.dispose();
});

test('each fault has its reason, and no healthy node waits for one that is frozen', async () => {
  // Often enough that a program stands by on each connection.
  for (let time = 0; time < 2; time++) {
    await expectReasons(NETWORK_FAULTS.map((fault) => ({ ...fault, reason: 'none' })));
  }
  for (const proxy of proxies) proxy.strike();
  await expectReasons(NETWORK_FAULTS);
}, 90_000);

test('each is forgotten when it has healed: by the next probe, or after the backoff', async () => {
  for (const proxy of proxies) proxy.heal();
  await expectRecovery(NETWORK_FAULTS);
}, 90_000);

test('the exporter is none the worse for it', expectUnharmed);
