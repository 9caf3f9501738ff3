import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pipeProcess } from './pipe-process.js';
import { ask, SHELLS } from './testing/node.js';
import { expectPromised } from './testing/promises.js';

const NAME = 'lattice-node';

let folder = '';
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
  folder = mkdtempSync(join(tmpdir(), 'pipefleet-processes-'));
  stand = await start();
});
afterAll(async () => {
  stand.kill('SIGKILL');
  await once(stand, 'exit');
  rmSync(folder, { recursive: true });
});

describe.each(SHELLS)('%s', (shell) => {
  test('says of a process what the kernel says elsewhere', async () => {
    const { samples } = await ask(pipeProcess, { shell });
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

  test('a process of any account that forges lines by its name takes no other with it', async () => {
    // As prctl(2) lets every process call itself.
    const rename = `printf 'pop\\n1 (pop)\\n' >/proc/$$/comm && echo && read -r x`;
    const forger = spawn('sh', ['-c', rename], { stdio: ['pipe', 'pipe', 'ignore'] });
    try {
      await once(forger.stdout, 'data');
      expect(readFileSync(`/proc/${String(forger.pid)}/comm`, 'utf8')).toBe('pop\n1 (pop)\n\n');
      const { output, samples } = await ask(pipeProcess, { shell });
      expect(output).toContain(`/proc/${String(forger.pid)}/stat:1 (pop)\n`);
      expect(samples.map(({ labels }) => labels?.['name'])).toContain(NAME);
    } finally {
      forger.kill('SIGKILL');
      await once(forger, 'exit');
    }
  });
});
