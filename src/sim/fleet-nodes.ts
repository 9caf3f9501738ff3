import { blemishAt } from './blemishes.js';
import { DEMO_SITES } from './demo-sites.js';
import { type BadShares, CONDITION_OF, fatesOf } from './fates.js';
import { type FaultSchedule, NO_FAULTS, takeTurns } from './faults.js';
import { type FleetMember, USER } from './fleet-files.js';
import { loopbackAddress } from './loopback.js';
import { createModel } from './model.js';
import { profileOf } from './profile.js';
import { type SimulatedNode, startSimulatedNode } from './simulated-node.js';

/** What a fleet is like; plain data, so that processes can be told. */
export interface FleetPlan {
  /** Nodes of the whole fleet. */
  readonly count: number;
  /** Another seed is another fleet; the same seed and time give the same values. */
  readonly seed: number;
  /** `demo`: something is always going on somewhere. */
  readonly faults: 'none' | 'demo';
  readonly bad: BadShares;
  /** How long slow nodes think before each answer, in milliseconds. */
  readonly slowness: number;
  /** How far away every node is, in milliseconds. */
  readonly roundTrip: number;
  /** The one public key that may log in. */
  readonly clientKey: string;
}

/** Nodes of this process. */
export interface FleetNodes {
  readonly members: readonly FleetMember[];
  /** Closes every port and connection. */
  stop(): Promise<void>;
}

/** One timer for all nodes: faults come and go to the second. */
const TICK_MS = 1_000;

/**
 * Starts some nodes of a fleet in this process, on a loopback address each.
 *
 * @param positions in the fleet, from 0
 * @param now Unix time in milliseconds
 * @throws {PipefleetError} `listen_failed`; none is left running
 */
export async function startFleetNodes(
  plan: FleetPlan,
  positions: readonly number[],
  now: () => number = Date.now,
): Promise<FleetNodes> {
  const { count, seed, roundTrip, clientKey } = plan;
  const fates = fatesOf(count, seed, plan.bad);
  const scheduleOf = (position: number): FaultSchedule =>
    plan.faults === 'demo' ? takeTurns(position, count, seed) : NO_FAULTS;

  const start = async (position: number): Promise<SimulatedNode & FleetMember> => {
    const { name, site } = placeOf(position);
    const { city, longitude } = site;
    const fate = fates[position] ?? 'well';
    const profile = profileOf({ name, city, longitude, blemish: blemishAt(position) }, seed);
    const node = await startSimulatedNode({
      model: createModel(profile, scheduleOf(position)),
      host: loopbackAddress(position),
      port: 0,
      user: USER,
      clientKey,
      now,
      condition: CONDITION_OF[fate],
      delay: fate === 'slow' ? plan.slowness : 0,
      roundTrip,
    });
    return { name, site, ...node };
  };

  const started = await Promise.allSettled(positions.map(start));
  const nodes = started.filter((result) => result.status === 'fulfilled').map(({ value }) => value);
  const stopNodes = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop()));
  };
  for (const result of started) {
    if (result.status === 'fulfilled') continue;
    await stopNodes();
    throw result.reason;
  }

  let updating = Promise.resolve();
  let idle = true;
  const tick = (): void => {
    if (!idle) return;
    idle = false;
    // A port that could not be opened again is tried again at the next tick.
    updating = Promise.allSettled(nodes.map((node) => node.update())).then(() => {
      idle = true;
    });
  };
  const timer = plan.faults === 'demo' ? setInterval(tick, TICK_MS) : undefined;

  return {
    members: nodes,
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
  if (site === undefined) throw new RangeError('A node of a simulated fleet has no site.');
  return { name: `${site.code}-${1 + Math.floor(position / DEMO_SITES.length)}`, site };
}
