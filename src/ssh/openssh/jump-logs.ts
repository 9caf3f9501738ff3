import { closeSync, openSync, readSync } from 'node:fs';
import type { Hop } from '../hop.js';
import type { HostKnowledge } from '../known-hosts.js';
import { SshFailure } from '../ssh-failure.js';
import { failureOfLogin, forwardFailure, forwardTrouble } from './login-failure.js';
import { lastStage } from './login-log.js';

/**
 * What the logs of the clients of jump hosts say of a dial that failed.
 *
 * @param route jump hosts and node, the first to connect to first
 * @param logFile of the client of the jump host at a place of the route
 * @param timedOut the dial was given up, and the clients may still be waiting
 * @returns undefined when every jump host has done its part, or there is none
 */
export function readJumpLogs(
  route: readonly { readonly hop: Hop; readonly knowledge: HostKnowledge }[],
  logFile: (index: number) => string,
  timedOut: boolean,
): SshFailure | undefined {
  for (const [index, { hop, knowledge }] of route.slice(0, -1).entries()) {
    const lines = readLines(logFile(index));
    // A client is started by the one behind it, so that the first on the way is the last to begin.
    if (lines === undefined) continue;
    const ready = lastStage(lines) === 'ready';
    const why = forwardTrouble(lines);
    const next = route[index + 1]?.hop;
    if (why !== undefined && next !== undefined) {
      return forwardFailure(hop, next, why, index + 1 === route.length - 1);
    }
    if (ready) continue;
    if (timedOut) return new SshFailure('jump', `The jump host ${hop.name} was not reached in time.`);
    const { message } = failureOfLogin(lines, hop, knowledge);
    return new SshFailure('jump', `The jump host ${hop.name} cannot be used. ${message}`);
  }
  return undefined;
}

/** A login prints some 20 KiB; what a hostile jump host makes of it is not read. */
const LOG_BYTES = 262_144;

function readLines(file: string): string[] | undefined {
  let log: number | undefined;
  try {
    log = openSync(file, 'r');
    const bytes = Buffer.alloc(LOG_BYTES);
    return bytes.toString('latin1', 0, readSync(log, bytes)).split(/\r?\n/);
  } catch {
    return undefined;
  } finally {
    if (log !== undefined) closeSync(log);
  }
}
