import { codeOf, messageOf } from '../core/errors.js';
import type { FailureReason } from '../core/failure.js';
import { dialAborted } from './dial-failures.js';
import type { Hop } from './hop.js';
import type { Stage } from './stage.js';
import { asFailure, SshFailure } from './ssh-failure.js';
import type { Wire } from './wire.js';

/**
 * How long an address is waited for before the next one is tried beside it, in milliseconds. A round trip around the world takes
 * 0.3 s, and a SYN that was lost is sent again after a second, so that what is alive is rarely raced. A race costs the loser a
 * connection without a login, which sshd may hold against us (PerSourcePenalties).
 */
const HEAD_START_MS = 1000;

/** Of several failures the one that asks for action first. */
const GRAVITY: readonly FailureReason[] = [
  'cancelled',
  'internal',
  'jump',
  'connect',
  'dns',
  'connect_timeout',
];

/** Failures that are not those of an address. */
const UNDIVIDED: readonly FailureReason[] = ['internal', 'jump', 'cancelled'];

/**
 * Opens a wire to the first of several addresses that answers. The next one is tried as soon as one has failed, or beside it
 * when it has not answered after a while; none is given up before the signal is aborted. What opens too late is closed.
 *
 * @param addresses in the order of preference, at least one
 * @param attempt rejects with a {@link SshFailure} whose cause says why in short
 * @throws {SshFailure} the one failure there was, or one that names every address
 */
export function raceAddresses(
  hop: Hop,
  addresses: readonly string[],
  attempt: (address: string, signal: AbortSignal) => Promise<Wire>,
  { clock, signal }: Stage,
): Promise<Wire> {
  return new Promise((resolve, reject) => {
    const race = new AbortController();
    const failures: { readonly address: string; readonly failure: SshFailure }[] = [];
    let next = 0;
    let over = false;
    let headStart: NodeJS.Timeout | undefined;

    const end = (): void => {
      over = true;
      clearTimeout(headStart);
      signal.removeEventListener('abort', onAbort);
    };
    // Each attempt then says itself what it waited for.
    const onAbort = (): void => {
      clearTimeout(headStart);
      if (next === 0) failures.push({ address: hop.host, failure: dialAborted(clock, signal) });
      race.abort(signal.reason);
      settleWhenAllFailed();
    };
    const settleWhenAllFailed = (): void => {
      const awaited = signal.aborted ? next : addresses.length;
      if (over || failures.length < awaited) return;
      end();
      reject(failureOf(hop, failures));
    };
    const start = (): void => {
      clearTimeout(headStart);
      const address = addresses[next];
      if (address === undefined || over || signal.aborted) return;
      next++;
      headStart = setTimeout(start, HEAD_START_MS);
      attempt(address, race.signal).then(
        (wire) => {
          if (over || signal.aborted) wire.destroy();
          if (over) return;
          end();
          if (signal.aborted) reject(dialAborted(clock, signal));
          else resolve(wire);
          race.abort('cancelled');
        },
        (error: unknown) => {
          failures.push({ address, failure: asFailure(error) });
          start();
          settleWhenAllFailed();
        },
      );
    };
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    else start();
  });
}

type Failures = readonly { readonly address: string; readonly failure: SshFailure }[];

function failureOf({ host, port }: Hop, failures: Failures): SshFailure {
  const [first] = [...failures].sort((a, b) => gravityOf(a.failure) - gravityOf(b.failure));
  if (first === undefined) return new SshFailure('dns', `The host name ${host} has no address.`);
  if (failures.length === 1 || UNDIVIDED.includes(first.failure.reason)) return first.failure;
  const tried = failures.map(({ address, failure }) => `${address} (${shortOf(failure)})`).join(', ');
  return new SshFailure(
    first.failure.reason,
    `No address of ${host} can be connected to at port ${port}: ${tried}.`,
    { cause: first.failure },
  );
}

function gravityOf({ reason }: SshFailure): number {
  const place = GRAVITY.indexOf(reason);
  return place === -1 ? GRAVITY.length : place;
}

function shortOf({ cause, message, reason }: SshFailure): string {
  if (reason === 'connect_timeout') return 'no answer';
  return cause === undefined ? message : (codeOf(cause) ?? messageOf(cause));
}
