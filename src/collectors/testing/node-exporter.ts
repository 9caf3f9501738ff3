import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { findTool } from '../../stack/tools.js';

const ADDRESS = /address=(?<address>127\.0\.0\.1:\d+)/;

/** node_exporter on this machine, and what it exposes. */
export interface NodeExporter {
  readonly pid: number;
  readonly scrape: () => Promise<string>;
  readonly stop: () => void;
}

/** Starts it on a free port of the loopback address. */
export async function startNodeExporter(...flags: readonly string[]): Promise<NodeExporter> {
  const words = ['--web.listen-address=127.0.0.1:0', ...flags];
  const child = spawn(await findTool('node_exporter'), words, { stdio: ['ignore', 'ignore', 'pipe'] });
  for await (const line of createInterface({ input: child.stderr })) {
    const address = ADDRESS.exec(line)?.groups?.['address'];
    if (address === undefined) continue;
    child.stderr.resume();
    return {
      pid: child.pid ?? 0,
      // Each over a connection of its own: it may close one that is idle at the moment at which the next question is sent.
      scrape: async () =>
        (await fetch(`http://${address}/metrics`, { headers: { connection: 'close' } })).text(),
      stop: () => void child.kill(),
    };
  }
  throw new Error('node_exporter did not start.');
}
