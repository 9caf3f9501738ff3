import type { NodeState } from '../node-state.js';
import type { NodeProfile } from '../profile.js';

/** Processes and threads of everything but the node software. */
const OTHER_PROCESSES = 117;
const OTHER_THREADS = 196;
/** Threads of the node software beside its workers. */
const HELPERS = 9;

/** Threads of the node software; none while it does not run. */
export function softwareThreads({ software }: NodeState, { workers }: NodeProfile): number {
  return software.startSeconds === undefined ? 0 : workers + HELPERS;
}

/** Number of the process of the node software: another one after each start. */
export function softwarePid({ software }: NodeState): number {
  return 1_000 + (Math.floor(software.lastStartSeconds) % 30_000);
}

export function processCount({ software }: NodeState): number {
  return OTHER_PROCESSES + (software.startSeconds === undefined ? 0 : 1);
}

export function threadCount(state: NodeState, profile: NodeProfile): number {
  return OTHER_THREADS + softwareThreads(state, profile);
}
