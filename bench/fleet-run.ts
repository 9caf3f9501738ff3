import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ExporterProcess,
  startExporterProcess,
  startPipefleet,
} from '../src/bin/testing/exporter-process.js';
import { seriesValue } from '../src/bin/testing/series-value.js';
import { usageOf } from './process-usage.js';

/** What a run is like. */
export interface FleetOptions {
  readonly nodes: number;
  /** More words for `pipefleet sim`. */
  readonly sim?: readonly string[];
  /** More lines of `pipefleet.yml`, such as limits. */
  readonly config?: string;
  /** Connections that the scraper keeps when nothing is asked; as many as Node.js keeps unless it is said. */
  readonly keptSockets?: number;
  /** Given the folder of the fleet, with its `demo_key` and `known_hosts`, before the exporter starts. */
  readonly prepare?: (folder: string) => void;
}

/** `pipefleet sim` and `pipefleet serve`, each in processes of their own. */
export interface FleetRun {
  readonly names: readonly string[];
  /** The exporter, which alone is measured. */
  readonly pid: number;
  /** Asks for one node, as Prometheus does. */
  probe(name: string): Promise<Scrape>;
  /** The same, but does not wait for the answer. */
  hangUp(name: string): Promise<Scrape>;
  /** The answer to anything else, whatever its status. */
  ask(path: string, method: 'GET' | 'POST'): Promise<string>;
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

/**
 * Starts both and waits until they listen.
 *
 * @throws when one of them ends; none is left running
 */
export async function startFleetRun({
  nodes,
  sim = [],
  config = '',
  prepare,
  keptSockets = 256,
}: FleetOptions): Promise<FleetRun> {
  const folder = mkdtempSync(join(tmpdir(), 'pipefleet-bench-'));
  const path = join(folder, 'pipefleet.yml');
  const fleet = startPipefleet('sim', '--nodes', String(nodes), '--folder', folder, ...sim);
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity, maxFreeSockets: keptSockets });
  let exporter: ExporterProcess | undefined;
  const stop = async (): Promise<void> => {
    agent.destroy();
    await exporter?.end('SIGKILL');
    fleet.kill('SIGTERM');
    await fleet.ended;
    rmSync(folder, { recursive: true });
  };
  try {
    await fleet.until(/^Ctrl-C/m, 'stdout');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace('nodes:\n', `${config}nodes:\n`));
    prepare?.(folder);
    exporter = await startExporterProcess(path, '127.0.0.1:0', { options: ['--log-level', 'error'] });
    const { url, child } = exporter;
    const probeUrl = (name: string): string => `${url}/probe?target=${name}&module=node`;
    return {
      names: Array.from(text.matchAll(/- name: (?<name>\S+)/g), ({ groups }) => groups?.['name'] ?? ''),
      pid: child.pid ?? NaN,
      probe: (name) => ask(agent, probeUrl(name), name),
      hangUp: (name) => hangUp(probeUrl(name), name),
      ask: async (path, method) => (await fetch(url + path, { method })).text(),
      metric: async (name) => {
        const body = await (await fetch(`${url}/metrics`)).text();
        return seriesValue(body, name) ?? NaN;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Asks and leaves: at the next moment of the event loop, or a little later when the probe runs. */
async function hangUp(url: string, name: string): Promise<Scrape> {
  const milliseconds = 20 * Math.random();
  const asked = request(url, { agent: false });
  asked.on('error', () => undefined);
  asked.end();
  await sleep(milliseconds);
  asked.destroy();
  return { name, success: true, milliseconds };
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

/** What some intervals took of the exporter, and what came of the scrapes. */
export interface Watched {
  readonly scrapes: readonly Scrape[];
  /** CPU seconds of the exporter. */
  readonly cpuSeconds: number;
  /** The same as a share of one core, 0 to 1. */
  readonly cores: number;
  /** Resident bytes of the exporter at the end. */
  readonly residentBytes: number;
}

/** {@link scrapeAll}, with an eye on the exporter. */
export async function watchAll(run: FleetRun, intervalSeconds: number, intervals: number): Promise<Watched> {
  const before = usageOf(run.pid).cpuSeconds;
  const since = performance.now();
  const scrapes = await scrapeAll(run, intervalSeconds, intervals);
  const seconds = (performance.now() - since) / 1000;
  const after = usageOf(run.pid);
  const cpuSeconds = after.cpuSeconds - before;
  return { scrapes, cpuSeconds, cores: cpuSeconds / seconds, residentBytes: after.residentBytes };
}
