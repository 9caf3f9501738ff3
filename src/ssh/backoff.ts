import type { FailureReason } from '../core/failure.js';

interface Policy {
  readonly firstSeconds: number;
  readonly capSeconds: number;
}

/**
 * A refused login is paced slowly: sshd (9.8 and later) refuses an address for a while that fails to log in repeatedly, and a
 * mended key is rare. Local files cost nothing to look at again. An unreachable node is tried about once a scrape.
 */
const LOGIN: Policy = { firstSeconds: 20, capSeconds: 300 };
const LOCAL: Policy = { firstSeconds: 2, capSeconds: 10 };
const NETWORK: Policy = { firstSeconds: 1, capSeconds: 20 };

function policyFor(reason: FailureReason): Policy {
  switch (reason) {
    case 'auth':
    case 'penalty':
    case 'host_key_changed':
    case 'host_key_revoked':
    case 'host_key_unknown':
      return LOGIN;
    case 'credential':
    case 'known_hosts':
      return LOCAL;
    default:
      return NETWORK;
  }
}

/**
 * How long not to dial after a failed dial: doubling from the first value to a cap, with the upper half of it random so that
 * a thousand nodes behind one broken router do not come back in step.
 *
 * @param failures in a row so far, this one included, from 1
 * @param random 0 ≤ x < 1
 * @returns seconds
 */
export function backoffSeconds(reason: FailureReason, failures: number, random: number): number {
  const { firstSeconds, capSeconds } = policyFor(reason);
  const full = Math.min(capSeconds, firstSeconds * 2 ** Math.min(failures - 1, 20));
  return full * (0.5 + random / 2);
}
