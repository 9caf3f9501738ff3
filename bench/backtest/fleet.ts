import { between, chance } from '../../src/sim/random.js';
import type { Event, Fault, FaultKind } from './faults.js';

const HOUR = 3600;
const DAY = 24 * HOUR;

/** One simulated node: what it is like on a common day. */
export interface SimNode {
  readonly name: string;
  readonly region: string;
  /** Bytes a second on average. */
  readonly traffic: number;
  /** How much its traffic leaps, as a share. */
  readonly noise: number;
  readonly hits: number;
  /** Unix time from which on it is there. */
  readonly since: number;
}

/** A fleet, what befalls it, and when. */
export interface Fleet {
  readonly seed: number;
  readonly start: number;
  readonly end: number;
  readonly stepSeconds: number;
  readonly nodes: readonly SimNode[];
  readonly faults: readonly Fault[];
  readonly events: readonly Event[];
}

const REGIONS = ['europe', 'america', 'asia'];
const NODES_A_REGION = 8;

/** A fleet of 24 nodes over some days; the same seed gives the same one. Faults begin after a day and a half. */
export function fleetOf(seed: number, end: number, days: number, stepSeconds: number): Fleet {
  const start = end - days * DAY;
  const nodes = REGIONS.flatMap((region, place) =>
    Array.from({ length: NODES_A_REGION }, (_, index): SimNode => {
      const name = `${region}-${index + 1}`;
      return {
        name,
        region,
        traffic: between(2e6, 3e7, seed, name, 'traffic'),
        noise: between(0.05, index === 7 ? 0.5 : 0.2, seed, name, 'noise'),
        hits: between(0.7, 0.95, seed, name, 'hits'),
        since: place === 0 && index === 6 ? start + 2 * DAY : start,
      };
    }),
  );
  return {
    seed,
    start,
    end,
    stepSeconds,
    nodes,
    faults: faultsOf(seed, start, end),
    events: eventsOf(start),
  };
}

/** Hours that each kind lasts. */
const HOURS: Readonly<Record<FaultKind, number>> = {
  traffic_lost: 4,
  traffic_fifth: 5,
  traffic_decay: 14,
  traffic_spike: 3,
  hits_lost: 4,
  disk_leak: 20,
  disk_leak_slow: 48,
  cache_too_large: 24,
  memory_leak: 12,
  weak: 60,
  outages: 40,
};

/** Two faults of each kind, each on a node of its own and at a time of its own. Quiet nodes stay: they must raise nothing. */
function faultsOf(seed: number, start: number, end: number): Fault[] {
  const kinds = Object.keys(HOURS) as FaultKind[];
  return kinds.flatMap((kind, index) =>
    [0, 1].map((copy): Fault => {
      const place = (index * 2 + copy + seed) % (REGIONS.length * NODES_A_REGION - 2);
      const node = `${REGIONS[place % REGIONS.length] ?? ''}-${Math.floor(place / REGIONS.length) + 1}`;
      const span = HOURS[kind] * HOUR;
      const earliest = start + 1.5 * DAY;
      const latest = Math.max(earliest + 1, end - span);
      const from = Math.round(between(earliest, latest, seed, kind, copy));
      return { kind, node, from, until: from + span };
    }),
  );
}

function eventsOf(start: number): Event[] {
  const at = (days: number): number => start + days * DAY;
  return [
    { kind: 'lull', region: undefined, from: at(2.1), until: at(2.35) },
    { kind: 'lull', region: 'asia', from: at(3.4), until: at(3.6) },
    { kind: 'purge', at: at(2.7) },
    { kind: 'purge', at: at(4.2) },
    { kind: 'download', node: 'america-8', from: at(1.8), until: at(2.05) },
    { kind: 'download', node: 'asia-8', from: at(3.1), until: at(3.35) },
    ...['europe-8', 'america-7', 'asia-7'].map((node, index): Event => ({
      kind: 'restart',
      node,
      at: at(2.2 + index * 0.7),
    })),
  ];
}

/** Share of the usual that a node is asked for at a time: the day of its region, its own leaps, and what befalls it. */
export function demandAt(fleet: Fleet, node: SimNode, at: number): number {
  const hour = ((at % DAY) / HOUR + REGIONS.indexOf(node.region) * 8) % 24;
  const day = 1 + 0.55 * Math.sin(((hour - 9) / 24) * 2 * Math.PI);
  const slot = Math.floor(at / 600);
  const leap =
    1 + node.noise * (chance(fleet.seed, node.name, slot) + chance(fleet.seed, node.name, slot, 'more') - 1);
  const burst = chance(fleet.seed, node.name, Math.floor(at / HOUR), 'burst') > 0.985 ? 1.6 : 1;
  let share = day * leap * burst;
  for (const event of fleet.events) {
    if (event.kind !== 'lull' || at < event.from || at >= event.until) continue;
    if (event.region === undefined || event.region === node.region) share *= 0.25;
  }
  for (const { kind, from, until } of faultsAt(fleet, node.name, at)) {
    if (kind === 'traffic_lost') share *= 0.01;
    if (kind === 'traffic_fifth') share *= 0.2;
    if (kind === 'traffic_decay') share *= 1 - 0.95 * ((at - from) / (until - from));
    if (kind === 'traffic_spike') share *= 6;
    if (kind === 'weak') share *= 0.3;
  }
  return share;
}

/** The faults of a node at a time. */
export function faultsAt({ faults }: Fleet, node: string, at: number): Fault[] {
  return faults.filter((fault) => fault.node === node && at >= fault.from && at < fault.until);
}
