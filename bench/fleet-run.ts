import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../../dist/bin/pipefleet.js', import.meta.url));

/** Lines for the configuration of a fleet, such as limits. */
export interface FleetOptions {
  readonly nodes: number;
  /** More words for `pipefleet sim`. */
  readonly sim?: readonly string[];
  /** More lines of `pipefleet.yml`. */
  readonly config?: string;
}

/** `pipefleet sim` and `pipefleet serve`, each in processes of their own. */
export interface FleetRun {
  readonly names: readonly string[];
  /** The exporter, which alone is measured. */
  readonly pid: number;
  /** Asks for one node, as Prometheus does. */
  probe(name: string): Promise<Scrape>;
  /** The value of a metric of the exporter itself. */
  metric(name: string): Promise<number>;
  stop(): Promise<void>;
}

/** One answered scrape. */
export interface Scrape {
  readonly name: string;
  readonly success: boolean;
  /** Until the last byte, in milliseconds. */
  readonly milliseconds: number;
}

/** Starts both. */
export async function startFleetRun({ nodes, sim = [], config = '' }: FleetOptions): Promise<FleetRun> {
  const folder = mkdtempSync(join(tmpdir(), 'pipefleet-bench-'));
  const path = join(folder, 'pipefleet.yml');
  const children: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    for (const child of children.reverse()) {
      if (child.exitCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(folder, { recursive: true });
  };
  const start = async (until: RegExp, ...words: string[]): Promise<[ChildProcess, string]> => {
    const child = spawn(process.execPath, [PROGRAM, ...words], { stdio: ['ignore', 'pipe', 'ignore'] });
    children.push(child);
    for await (const line of createInterface(child.stdout)) {
      if (!until.test(line)) continue;
      child.stdout.resume();
      return [child, line];
    }
    throw new Error(`pipefleet ${words.join(' ')} ended.`);
  };
  try {
    await start(/^Ctrl-C/, 'sim', '--nodes', String(nodes), '--folder', folder, ...sim);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace('nodes:\n', `${config}nodes:\n`));
    const [exporter, line] = await start(
      / at http:/,
      ...['serve', '--config', path, '--listen', '127.0.0.1:0', '--log-level', 'error'],
    );
    const base = / at (?<url>http:\S+)$/.exec(line)?.groups?.['url'] ?? '';
    const names = Array.from(text.matchAll(/- name: (?<name>\S+)/g), ({ groups }) => groups?.['name'] ?? '');
    const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
    return {
      names,
      pid: exporter.pid ?? NaN,
      probe: (name) => ask(agent, `${base}/probe?target=${name}&module=node`, name),
      metric: async (name) => {
        const body = await (await fetch(`${base}/metrics`)).text();
        return Number(new RegExp(`^${name} (?<value>\\S+)$`, 'm').exec(body)?.groups?.['value'] ?? NaN);
      },
      stop: async () => {
        agent.destroy();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Asks for a node and looks no further into the answer than whether it went well, so that it costs the machine little. */
function ask(agent: Agent, url: string, name: string): Promise<Scrape> {
  const since = performance.now();
  return new Promise((resolve, reject) => {
    const asked = request(
      url,
      { agent, headers: { 'X-Prometheus-Scrape-Timeout-Seconds': '10', 'Accept-Encoding': 'gzip' } },
      (response) => {
        let first: Buffer | undefined;
        response.on('data', (chunk: Buffer) => (first ??= chunk));
        response.on('end', () => {
          const success = response.statusCode === 200 && first?.includes('\nprobe_success 1\n') === true;
          resolve({ name, success, milliseconds: performance.now() - since });
        });
        response.on('error', reject);
      },
    );
    asked.on('error', reject);
    asked.end();
  });
}

/**
 * Asks for every node once an interval, each at a time of its own within it, as Prometheus does.
 *
 * @returns what came of each
 */
export async function scrapeAll(
  run: FleetRun,
  intervalSeconds: number,
  intervals: number,
): Promise<Scrape[]> {
  const start = performance.now();
  const pending: Promise<Scrape>[] = [];
  for (let turn = 0; turn < intervals; turn++) {
    for (const [index, name] of run.names.entries()) {
      const due = start + 1000 * intervalSeconds * (turn + index / run.names.length);
      if (due > performance.now() + 1) await sleep(due - performance.now());
      pending.push(run.probe(name));
    }
  }
  return Promise.all(pending);
}

/** What a process has used so far, and holds. */
export interface Usage {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

export function usageOf(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const resident = /^VmRSS:\s+(?<kib>\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return {
    // The kernel counts in hundredths.
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100,
    residentBytes: Number(resident?.groups?.['kib']) * 1024,
  };
}
