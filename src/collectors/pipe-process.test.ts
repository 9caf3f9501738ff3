import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DEFAULT_SOFTWARE } from '../core/software.js';
import { findTool } from '../stack/tools.js';
import { buildBatch } from './batch.js';
import { pipeProcess } from './pipe-process.js';
import { expectPromised } from './testing/promises.js';
import { folderWith, runBatch } from './testing/shell.js';

const TOKEN = 'f00dfeedf00dfeedf00dfeedf00dfeed';
const APPLETS = ['head', 'grep', 'stat', 'sleep', 'sh'];

const NAME = 'lattice-node';

let busybox = '';
let folder = '';
let applets = '';
let stand: ChildProcess;

/** A process that sleeps, and is called as the node software is. */
async function start(): Promise<ChildProcess> {
  const sleep = spawnSync('sh', ['-c', 'command -v sleep'], { encoding: 'utf8' }).stdout.trim();
  symlinkSync(sleep, join(folder, NAME));
  const child = spawn(join(folder, NAME), ['600'], { argv0: 'sleep', stdio: 'ignore' });
  await once(child, 'spawn');
  return child;
}

beforeAll(async () => {
  busybox = await findTool('busybox');
  applets = folderWith(Object.fromEntries(APPLETS.map((name) => [name, busybox])));
  folder = mkdtempSync(join(tmpdir(), 'pipefleet-processes-'));
  stand = await start();
});
afterAll(async () => {
  stand.kill('SIGKILL');
  await once(stand, 'exit');
  for (const used of [folder, applets]) rmSync(used, { recursive: true });
});

describe.each([
  ['dash', () => ({ shell: ['dash'] })],
  ['bash as sh', () => ({ shell: ['bash', '--posix'] })],
  ['busybox and nothing else', () => ({ shell: [busybox, 'ash'], path: applets })],
])('%s', (_, node) => {
  test('says of a process what the kernel says elsewhere', async () => {
    const batch = buildBatch([pipeProcess], DEFAULT_SOFTWARE);
    const { files, sections, complete } = batch.split(await runBatch(batch.command(TOKEN), node()), TOKEN);
    expect(complete).toBe(true);
    const { output = '', status = -1 } = sections.get('pipe-process') ?? {};
    const samples = pipeProcess.parse({ files, output, status, software: DEFAULT_SOFTWARE });
    expectPromised(pipeProcess, samples);

    const value = (metric: string): number | undefined =>
      samples.find((sample) => sample.metric === metric && sample.labels?.['name'] === NAME)?.value;
    const proc = `/proc/${String(stand.pid)}`;
    const soft = /^Max open files +(?<soft>\d+)/m.exec(readFileSync(`${proc}/limits`, 'utf8'))?.groups?.[
      'soft'
    ];
    const now = Date.now() / 1000;
    expect(value('pipe_node_processes')).toBe(1);
    expect(value('pipe_node_process_threads')).toBe(1);
    expect(value('pipe_node_process_open_fds')).toBe(readdirSync(`${proc}/fd`).length);
    expect(value('pipe_node_process_max_fds')).toBe(soft === undefined ? undefined : Number(soft));
    expect(value('pipe_node_process_resident_memory_bytes')).toBeGreaterThan(0);
    expect(value('pipe_node_process_start_time_seconds')).toBeGreaterThan(now - 600);
    expect(value('pipe_node_process_start_time_seconds')).toBeLessThan(now + 5);
  });
});
