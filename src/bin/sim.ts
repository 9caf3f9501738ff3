import { availableParallelism } from 'node:os';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXIT, type ExitCode } from '../cli/exit-codes.js';
import { type Io, printLine } from '../cli/print.js';
import { parseDuration } from '../config/quantities.js';
import { PipefleetError } from '../core/errors.js';
import { quote } from '../core/shell.js';
import { count } from '../core/text.js';
import { requireOwnFolder, writeFleet } from '../sim/fleet-files.js';
import type { FleetPlan } from '../sim/fleet-nodes.js';
import { startFleetProcesses } from '../sim/fleet-processes.js';
import { filesFor, openFilesLimit } from '../sim/open-files.js';
import { makeKeyPair } from '../ssh/key-pair.js';
import { firstSignal } from './first-signal.js';

/** As they are written on the command line. */
export interface SimOptions {
  readonly nodes: string;
  readonly processes?: string;
  readonly folder: string;
  readonly seed: string;
  readonly faults: 'none' | 'demo';
  readonly blackHoles: string;
  readonly unreachable: string;
  readonly slow: string;
  readonly slowness: string;
  readonly latency: string;
}

/** The loopback network has addresses for many more; no machine has memory for as many. */
const MOST_NODES = 100_000;
/** More than a machine has cores would only share them. */
const MOST_PROCESSES = 64;
const WORKER = fileURLToPath(new URL('./sim-worker.js', import.meta.url));

/**
 * `pipefleet sim`: simulated nodes on loopback until SIGTERM or SIGINT.
 *
 * @throws {PipefleetError} `usage` for an option or a folder, `operation_failed` when the system allows too few files or a process of nodes
 *   dies, and what {@link startFleetProcesses} and {@link writeFleet} throw
 */
export async function runSim({ stdout }: Io, options: SimOptions): Promise<ExitCode> {
  const nodes = wholeNumber('--nodes', options.nodes, 1, MOST_NODES);
  const processes = Math.min(
    nodes,
    options.processes === undefined
      ? Math.min(4, availableParallelism())
      : wholeNumber('--processes', options.processes, 1, MOST_PROCESSES),
  );
  const inProcesses = `${processes} process${processes === 1 ? '' : 'es'}`;
  const bad = {
    blackHoles: share('--black-holes', options.blackHoles),
    unreachable: share('--unreachable', options.unreachable),
    slow: share('--slow', options.slow),
  };
  if (bad.blackHoles + bad.unreachable + bad.slow > 1) {
    throw new PipefleetError(
      'usage',
      'The shares of bad nodes add up to more than 100 %; lower one of them.',
    );
  }
  const keys = makeKeyPair('pipefleet-sim');
  const plan: FleetPlan = {
    count: nodes,
    seed: wholeNumber('--seed', options.seed, 0, 2 ** 31),
    faults: options.faults,
    bad,
    slowness: 1000 * duration('--slowness', options.slowness),
    roundTrip: 1000 * duration('--latency', options.latency),
    clientKey: keys.publicKey,
  };
  const limit = await openFilesLimit();
  const needed = filesFor(Math.ceil(nodes / processes));
  if (limit !== undefined && needed > limit) {
    throw new PipefleetError(
      'operation_failed',
      `Each of ${inProcesses} would open ${needed} files, and may open ${limit}; raise the limit (ulimit -Hn), or take more --processes.`,
    );
  }
  const folder = resolve(options.folder);
  await requireOwnFolder(folder);

  const fleet = await startFleetProcesses(WORKER, plan, processes);
  // Whoever reads that it runs may stop it at once.
  const stopped = firstSignal('SIGTERM', 'SIGINT');
  try {
    const configPath = await writeFleet(folder, fleet.members, keys.privateKey, 'real');
    const where = quote(relative('', configPath));
    printLine(stdout, `${count(nodes, 'simulated node')} in ${inProcesses}. Nothing that they say is real.`);
    for (const line of describeBad(plan)) printLine(stdout, line);
    printLine(stdout, `Watch them from another terminal: pipefleet serve --config ${where}`);
    printLine(stdout, 'Ctrl-C stops them.');
    const failure = await Promise.race([fleet.died, stopped]);
    if (failure instanceof PipefleetError) throw failure;
    return EXIT.ok;
  } finally {
    await fleet.stop();
  }
}

function describeBad({ count: nodes, bad, slowness, roundTrip, faults }: FleetPlan): string[] {
  const of = (part: number): string => count(Math.round(nodes * part), 'node');
  return [
    ...(bad.blackHoles > 0 ? [`${of(bad.blackHoles)} take connections and never say a word.`] : []),
    ...(bad.unreachable > 0 ? [`${of(bad.unreachable)} refuse connections.`] : []),
    ...(bad.slow > 0 ? [`${of(bad.slow)} think for ${slowness / 1000} s before each answer.`] : []),
    ...(roundTrip > 0 ? [`All are ${roundTrip} ms away.`] : []),
    ...(faults === 'demo' ? ['Faults come and go.'] : []),
  ];
}

function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw new PipefleetError('usage', `${option} ${text} is no whole number from ${least} to ${most}.`);
}

function share(option: string, text: string): number {
  const found = /^(?<percent>\d{1,3}(?:\.\d+)?)%?$/.exec(text)?.groups?.['percent'];
  const percent = found === undefined ? NaN : Number(found);
  if (percent <= 100) return percent / 100;
  throw new PipefleetError('usage', `${option} ${text} is no share from 0 to 100 %, such as 5%.`);
}

function duration(option: string, text: string): number {
  const seconds = text === '0' ? 0 : parseDuration(text);
  if (seconds !== undefined) return seconds;
  throw new PipefleetError('usage', `${option} ${text} is no duration, such as 100ms or 2s.`);
}
