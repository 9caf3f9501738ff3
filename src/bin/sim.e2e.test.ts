import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { childrenOf } from '../ssh/testing/sshd.js';
import {
  type RunningCommand,
  runPipefleet,
  startExporterProcess,
  startPipefleet,
} from './testing/exporter-process.js';

let folder: string;
let running: RunningCommand | undefined;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipefleet-sim-'));
});
afterEach(async () => {
  running?.kill('SIGTERM');
  await running?.ended;
});
afterAll(() => rmSync(folder, { recursive: true }));

async function simulate(
  name: string,
  ...options: string[]
): Promise<{ fleet: RunningCommand; path: string }> {
  const path = join(folder, name);
  running = startPipefleet('sim', '--folder', path, ...options);
  await running.until(/Ctrl-C stops them\./, 'stdout');
  return { fleet: running, path };
}

const isRunning = (pid: number): boolean => readdirSync('/proc').includes(String(pid));

describe('pipefleet sim', () => {
  test('is probed as a real fleet is, with as many bad nodes as were asked for', async () => {
    const { fleet, path } = await simulate(
      'bad',
      ...[
        '--nodes',
        '60',
        '--processes',
        '2',
        '--black-holes',
        '5%',
        '--unreachable',
        '10',
        '--latency',
        '20ms',
      ],
    );
    expect(childrenOf(fleet.pid ?? NaN)).toHaveLength(2);
    const exporter = await startExporterProcess(join(path, 'pipefleet.yml'));
    const names = Array.from(
      readFileSync(join(path, 'pipefleet.yml'), 'utf8').matchAll(/- name: (?<name>\S+)/g),
      ({ groups }) => groups?.['name'] ?? '',
    );
    const probe = async (name: string): Promise<string> => {
      const response = await fetch(`${exporter.url}/probe?target=${name}&module=node`, {
        headers: { 'X-Prometheus-Scrape-Timeout-Seconds': '8' },
      });
      return response.text();
    };
    const texts = await Promise.all(names.map(probe));
    const reasons = texts.map(
      (text) => /^probe_failure_reason\{reason="(?<reason>\w+)"\} 1$/m.exec(text)?.[1],
    );
    const count = (reason: string): number => reasons.filter((one) => one === reason).length;
    expect([names.length, count('none'), count('connect')]).toEqual([60, 51, 6]);
    // Silence after the connection, which is TCP's and no more.
    expect(60 - count('none') - count('connect')).toBe(3);
    for (const text of texts.filter((_, index) => reasons[index] === 'none')) {
      const seconds = Number(
        /^probe_phase_duration_seconds\{phase="handshake"\} (?<value>\S+)$/m.exec(text)?.[1],
      );
      expect(seconds).toBeGreaterThan(0.02);
      expect(text).toContain('node_load1 ');
    }
    await exporter.end('SIGTERM');
  });

  test('leaves no process behind, and its folder can be used again', async () => {
    const { fleet, path } = await simulate('again', '--nodes', '4', '--processes', '2');
    const workers = childrenOf(fleet.pid ?? NaN);
    fleet.kill('SIGINT');
    expect(await fleet.ended).toMatchObject({ code: 0, stderr: '' });
    expect(workers.filter(isRunning)).toEqual([]);
    await simulate('again', '--nodes', '2');
    expect(readFileSync(join(path, 'known_hosts'), 'utf8').split('\n')).toHaveLength(3);
  });

  test('leaves no process behind when it is killed', async () => {
    const { fleet } = await simulate('killed', '--nodes', '2', '--processes', '2');
    const workers = childrenOf(fleet.pid ?? NaN);
    fleet.kill('SIGKILL');
    await fleet.ended;
    while (workers.some(isRunning)) await sleep(20);
  });

  test('says so and ends when one of its processes dies', async () => {
    const { fleet } = await simulate('dies', '--nodes', '2', '--processes', '2');
    const workers = childrenOf(fleet.pid ?? NaN);
    process.kill(workers[0] ?? NaN, 'SIGKILL');
    expect(await fleet.ended).toMatchObject({
      code: 1,
      stderr:
        'A process of simulated nodes has ended (SIGKILL); its nodes are gone. Start the fleet again.\n',
    });
    expect(workers.filter(isRunning)).toEqual([]);
  });

  test('does not write into a folder that holds something else', async () => {
    writeFileSync(join(folder, 'pipefleet.yml'), 'nodes: []\n');
    const ended = await runPipefleet('sim', '--folder', folder);
    expect(ended).toMatchObject({
      code: 2,
      stderr: `${folder} holds something else than an earlier simulated fleet; choose another one with --folder.\n`,
    });
  });

  test.each([
    ['--nodes', '0', '--nodes 0 is no whole number from 1 to 100000.'],
    ['--nodes', 'many', '--nodes many is no whole number from 1 to 100000.'],
    ['--slow', '101%', '--slow 101% is no share from 0 to 100 %, such as 5%.'],
    ['--latency', '20', '--latency 20 is no duration, such as 100ms or 2s.'],
  ])('refuses %s %s in a sentence', async (option, value, sentence) => {
    expect(await runPipefleet('sim', option, value)).toEqual({
      code: 2,
      stdout: '',
      stderr: `${sentence}\n`,
    });
  });

  test('refuses more bad nodes than there are', async () => {
    const ended = await runPipefleet('sim', '--slow', '60%', '--unreachable', '60%');
    expect(ended).toMatchObject({
      code: 2,
      stderr: 'The shares of bad nodes add up to more than 100 %; lower one of them.\n',
    });
  });
});
