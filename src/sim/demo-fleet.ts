import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PipefleetError, messageOf } from '../core/errors.js';
import { blemishAt } from './blemishes.js';
import { DEMO_SITES } from './demo-sites.js';
import { takeTurns } from './faults.js';
import {
  type FleetMember,
  KNOWN_HOSTS_FILE,
  KEY_FILE,
  USER,
  fleetConfig,
  knownHosts,
} from './fleet-files.js';
import { makeKeyPair } from '../ssh/key-pair.js';
import { loopbackAddress } from './loopback.js';
import { createModel } from './model.js';
import { profileOf } from './profile.js';
import { type SimulatedNode, startSimulatedNode } from './simulated-node.js';

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
/** One timer for all nodes: faults come and go to the second. */
const TICK_MS = 1_000;

/**
 * Starts simulated nodes on loopback addresses and writes a configuration with which pipefleet can watch them. Every node
 * has a host key and SSH server of its own; one fresh key, which lies in the folder, opens them all.
 *
 * @throws {PipefleetError} `listen_failed`, or `config_unreadable` when the folder cannot be written
 */
export async function startDemoFleet(options: DemoFleetOptions): Promise<DemoFleet> {
  const { nodes: count = DEMO_SITES.length, seed = DEFAULT_SEED, now = Date.now } = options;
  const clientKey = makeKeyPair('pipefleet-demo');

  const start = async (position: number): Promise<SimulatedNode & FleetMember> => {
    const { name, site } = placeOf(position);
    const { city, longitude } = site;
    const profile = profileOf({ name, city, longitude, blemish: blemishAt(position) }, seed);
    const model = createModel(profile, takeTurns(position, count, seed));
    const host = loopbackAddress(position);
    const node = await startSimulatedNode({
      model,
      host,
      port: 0,
      user: USER,
      clientKey: clientKey.publicKey,
      now,
    });
    return { name, site, ...node };
  };

  const started = await Promise.allSettled(Array.from({ length: count }, (_, position) => start(position)));
  const nodes = started.filter((result) => result.status === 'fulfilled').map(({ value }) => value);
  const stopNodes = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop()));
  };

  const folder = resolve(options.folder);
  const configPath = join(folder, 'pipefleet.yml');
  try {
    for (const result of started) if (result.status === 'rejected') throw result.reason;
    await writeFiles(folder, {
      [KEY_FILE]: clientKey.privateKey,
      [KNOWN_HOSTS_FILE]: knownHosts(nodes),
      'pipefleet.yml': fleetConfig(nodes),
    });
  } catch (error) {
    await stopNodes();
    throw error;
  }

  let updating = Promise.resolve();
  let idle = true;
  const timer = setInterval(() => {
    if (!idle) return;
    idle = false;
    // A port that could not be opened again is tried again at the next tick.
    updating = Promise.allSettled(nodes.map((node) => node.update())).then(() => {
      idle = true;
    });
  }, TICK_MS);

  return {
    configPath,
    nodes: count,
    async stop() {
      clearInterval(timer);
      await updating;
      await stopNodes();
    },
  };
}

/** The sites in turn: `fra-1`, `nyc-1`, …, then `fra-2`, `nyc-2`, … */
function placeOf(position: number): { name: string; site: (typeof DEMO_SITES)[number] } {
  const site = DEMO_SITES[position % DEMO_SITES.length];
  if (site === undefined) throw new RangeError('A node of the demo fleet has no site.');
  return { name: `${site.code}-${1 + Math.floor(position / DEMO_SITES.length)}`, site };
}

async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    for (const [name, text] of Object.entries(files)) {
      const path = join(folder, name);
      // A file that is there already would keep its mode, and others might read the key.
      await rm(path, { force: true });
      await writeFile(path, text, { mode: 0o600, flag: 'wx' });
    }
  } catch (error) {
    throw new PipefleetError(
      'config_unreadable',
      `The files of the simulated fleet cannot be written to ${folder}: ${messageOf(error)}; choose a folder that this user may write.`,
      { cause: error },
    );
  }
}
