import { FORETOLD, type Fault } from './faults.js';
import type { Episode } from './firing.js';

/** How well an alert noticed what it is for. */
export interface Score {
  readonly faults: number;
  readonly found: number;
  /** Episodes that no fault explains. */
  readonly falseAlarms: number;
  readonly episodes: number;
  /** Median seconds from the start of a fault to the alert; of a forecast, from the alert to the end of the fault. */
  readonly seconds: number | undefined;
}

/** After a fault things need time to be as usual: what fires so long after it is explained by it. */
const GRACE_SECONDS = 6 * 3600;

/**
 * @param faults those that the alert is for
 * @param all every fault: an alert that fires for another fault of the same node is no false one
 */
export function scoreOf(
  faults: readonly Fault[],
  all: readonly Fault[],
  episodes: readonly Episode[],
): Score {
  const overlaps = (fault: Fault, { node, from, until }: Episode): boolean =>
    fault.node === node && from <= fault.until + GRACE_SECONDS && until >= fault.from;
  const firsts = faults.map(
    (fault) =>
      episodes
        .filter((episode) => overlaps(fault, episode) && episode.from <= fault.until)
        .map(({ from }) => from)
        .sort((a, b) => a - b)[0],
  );
  const found = firsts.filter((first) => first !== undefined);
  const times = faults
    .map((fault, index) => {
      const first = firsts[index];
      if (first === undefined) return undefined;
      return FORETOLD.includes(fault.kind) ? fault.until - first : Math.max(0, first - fault.from);
    })
    .filter((seconds) => seconds !== undefined)
    .sort((a, b) => a - b);
  return {
    faults: faults.length,
    found: found.length,
    falseAlarms: episodes.filter((episode) => !all.some((fault) => overlaps(fault, episode))).length,
    episodes: episodes.length,
    seconds: times[Math.floor(times.length / 2)],
  };
}
