import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type ExporterProcess, startExporterProcess } from './testing/exporter-process.js';
import { faultRun, HEALTHY } from './testing/fault-run.js';
import { EXPORTER_FAULTS } from './testing/fault-table.js';
import { type RealFleet, startRealFleet } from './testing/real-fleet.js';
import { seriesValue } from './testing/series-value.js';

const JUMPING_CLOCK = `
const { now } = Date;
let shift = 0;
Date.now = () => now() + shift;
process.on('SIGUSR2', () => (shift = shift === 0 ? -3_600_000 : 3_600_000));`;

let fleet: RealFleet;
let exporter: ExporterProcess;
let config: string;
const { reasonOf, expectUnharmed } = faultRun(() => exporter);

beforeAll(async () => {
  fleet = await startRealFleet(Object.fromEntries([...HEALTHY, 'late-1'].map((name) => [name, {}])));
  config = readFileSync(fleet.configPath, 'utf8');
});
beforeEach(async () => {
  writeFileSync(fleet.configPath, config);
  // Whatever asks for the time of day is told another one after each SIGUSR2.
  exporter = await startExporterProcess(fleet.configPath, '127.0.0.1:0', {
    env: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(JUMPING_CLOCK)}` },
  });
  for (const node of HEALTHY) expect(await reasonOf(node)).toBe('none');
});
afterEach(async () => {
  await expectUnharmed();
  await exporter.end('SIGKILL');
});
afterAll(() => fleet.dispose());

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${exporter.url}/metrics`)).text();
  const value = seriesValue(text, name);
  if (value === undefined) throw new Error(`There is no series ${name}.`);
  return value;
}

async function reload(): Promise<{ status: number; text: string }> {
  const response = await fetch(`${exporter.url}/-/reload`, { method: 'POST' });
  return { status: response.status, text: await response.text() };
}

/** Nodes that the exporter lists. */
async function listed(): Promise<number> {
  return ((await (await fetch(`${exporter.url}/sd`)).json()) as unknown[]).length;
}

/** Sets what a process may open from now on; `prlimit` is part of util-linux, which every Debian has. */
function limitFiles(limit: number): void {
  execFileSync('prlimit', ['--pid', String(exporter.child.pid), `--nofile=${limit}:4096`]);
}

const STRIKES: Readonly<Record<(typeof EXPORTER_FAULTS)[number]['name'], () => Promise<void>>> = {
  'no-descriptors': async () => {
    // As many connections over HTTP as there will be questions.
    await Promise.all([...HEALTHY, ...HEALTHY].map(reasonOf));
    limitFiles(10);
    const reasons = await Promise.all([...HEALTHY, 'late-1'].map(reasonOf));
    expect(reasons.slice(0, 2)).toEqual(['none', 'none']);
    expect(['connect', 'dns', 'credential', 'known_hosts']).toContain(reasons[2]);
    limitFiles(1024);
    while ((await reasonOf('late-1')) !== 'none') await sleep(200);
  },
  stopped: async () => {
    exporter.child.kill('SIGSTOP');
    const asked = reasonOf('fra-1', 1);
    await sleep(2000);
    exporter.child.kill('SIGCONT');
    // What was asked meanwhile is answered, as late as it is.
    await asked;
    for (const node of HEALTHY) expect(await reasonOf(node)).toBe('none');
  },
  clock: async () => {
    for (let jump = 0; jump < 2; jump++) {
      exporter.child.kill('SIGUSR2');
      // A probe of a kept connection, and one of a new one.
      for (const node of [...HEALTHY, 'late-1']) {
        const text = await (await fetch(`${exporter.url}/probe?target=${node}&module=node`)).text();
        const [seconds, wait] = ['probe_duration_seconds', 'probe_backoff_seconds'].map((name) =>
          seriesValue(text, name),
        );
        expect(text).toContain('\nprobe_success 1\n');
        expect(seconds).toBeGreaterThan(0);
        expect(seconds).toBeLessThan(5);
        expect(wait).toBe(0);
      }
    }
  },
  reloads: async () => {
    const dials = await metric('pipefleet_ssh_dials_total{reason="none"}');
    let probes = 0;
    let done = false;
    const watching = HEALTHY.map(async (node) => {
      while (!done) {
        expect(await reasonOf(node)).toBe('none');
        probes += 1;
      }
    });
    const open = await metric('process_open_fds');
    for (let time = 0; time < 1000; time++) expect((await reload()).status).toBe(200);
    done = true;
    await Promise.all(watching);
    expect(probes).toBeGreaterThan(10);
    expect(await metric('pipefleet_ssh_dials_total{reason="none"}')).toBe(dials);
    expect(await metric('process_open_fds')).toBeLessThanOrEqual(open + 5);
  },
  'half-written': async () => {
    for (const share of [0.2, 0.5, 0.9]) {
      writeFileSync(fleet.configPath, config.slice(0, Math.floor(config.length * share)));
      const { status, text } = await reload();
      // A file that was cut between two nodes is a right one; nothing but PipefleetNodesLost can tell.
      if (status === 200) continue;
      expect(text).toMatch(/^The old configuration stays: .*pipefleet\.yml:\d+:\d+: /);
      expect(await listed()).toBe(3);
    }
    writeFileSync(fleet.configPath, config.slice(0, config.indexOf('credential: fra-1') + 5));
    expect((await reload()).status).toBe(500);
    expect(await metric('pipefleet_config_last_reload_successful')).toBe(0);
    for (const node of HEALTHY) expect(await reasonOf(node)).toBe('none');
  },
  emptied: async () => {
    writeFileSync(fleet.configPath, `${config.slice(0, config.indexOf('nodes:'))}nodes: []\n`);
    expect((await reload()).status).toBe(200);
    expect(await listed()).toBe(0);
    expect(await metric('pipefleet_ssh_connections{state="ready"}')).toBe(0);
    writeFileSync(fleet.configPath, config);
    expect((await reload()).status).toBe(200);
    for (const node of HEALTHY) expect(await reasonOf(node)).toBe('none');
  },
  removed: async () => {
    rmSync(fleet.configPath);
    const { status, text } = await reload();
    expect(status).toBe(500);
    expect(text).toContain('does not exist');
    for (const node of HEALTHY) expect(await reasonOf(node)).toBe('none');
  },
};

test.each(EXPORTER_FAULTS.map(({ name, then }) => ({ name, then })))('$name: $then', async ({ name }) => {
  await STRIKES[name]();
});
