import { resolve } from 'node:path';
import { makeKeyPair } from '../ssh/key-pair.js';
import { DEMO_SITES } from './demo-sites.js';
import { writeFleet } from './fleet-files.js';
import { startFleetNodes } from './fleet-nodes.js';

export interface DemoFleetOptions {
  /** Where the key, the known_hosts file and the configuration are written; made when missing. */
  readonly folder: string;
  /** 12 by default. */
  readonly nodes?: number;
  /** Another seed is another fleet; the same seed and time give the same values. */
  readonly seed?: number;
  /** Unix time in milliseconds. */
  readonly now?: () => number;
}

export interface DemoFleet {
  /** Absolute path of the configuration that describes the fleet to pipefleet. */
  readonly configPath: string;
  readonly nodes: number;
  /** Closes every port and connection. The files stay. */
  stop(): Promise<void>;
}

const DEFAULT_SEED = 20;

/**
 * Starts simulated nodes on loopback addresses and writes a configuration with which pipefleet can watch them. Every node
 * has a host key and SSH server of its own; one fresh key, which lies in the folder, opens them all.
 *
 * @throws {PipefleetError} `listen_failed`, or `config_unreadable` when the folder cannot be written
 */
export async function startDemoFleet(options: DemoFleetOptions): Promise<DemoFleet> {
  const { nodes: count = DEMO_SITES.length, seed = DEFAULT_SEED, now = Date.now } = options;
  const { privateKey, publicKey } = makeKeyPair('pipefleet-demo');
  const nodes = await startFleetNodes(
    {
      count,
      seed,
      faults: 'demo',
      bad: { blackHoles: 0, unreachable: 0, slow: 0 },
      slowness: 0,
      roundTrip: 0,
      clientKey: publicKey,
    },
    Array.from({ length: count }, (_, position) => position),
    now,
  );
  try {
    const configPath = await writeFleet(resolve(options.folder), nodes.members, privateKey, 'demo');
    return { configPath, nodes: count, stop: () => nodes.stop() };
  } catch (error) {
    await nodes.stop();
    throw error;
  }
}
