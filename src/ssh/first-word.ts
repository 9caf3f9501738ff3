import { dialAborted, loginFailure } from './dial-failures.js';
import { SshFailure } from './ssh-failure.js';
import type { Stage } from './stage.js';
import type { Wire } from './wire.js';

/**
 * What sshd says instead of its version when it lets nobody in at the moment. Up to OpenSSH 9.7 the one, for MaxStartups; later
 * the other, for MaxStartups as well as for a penalty.
 */
const REFUSALS: readonly (readonly [beginning: RegExp, failure: () => SshFailure])[] = [
  [
    /^Not allowed at this time/,
    () =>
      new SshFailure(
        'penalty',
        'sshd lets this address in no more for a while: logins from it failed or broke off too often (PerSourcePenalties), or too ' +
          'many are under way (MaxStartups). Mend what fails; PerSourcePenaltyExemptList in its sshd_config spares an address.',
      ),
  ],
  [
    /^Exceeded MaxStartups/,
    () =>
      new SshFailure(
        'handshake',
        'sshd has as many logins under way as its MaxStartups allows, and hung up; somebody may be guessing passwords there.',
      ),
  ],
];
const REFUSAL_BYTES = 64;

/** The failure that a greeting is; undefined for one that may be that of an SSH server. */
export function refusalOf(greeting: string): SshFailure | undefined {
  return REFUSALS.find(([beginning]) => beginning.test(greeting))?.[1]();
}

/**
 * Waits until the peer has said something, without taking it from whoever reads next.
 *
 * @throws {SshFailure} `penalty` or `handshake` when that is a refusal or nothing; `handshake_timeout`, `cancelled`
 */
export function firstWord(wire: Wire, { clock, signal }: Pick<Stage, 'clock' | 'signal'>): Promise<void> {
  clock.enter('handshake');
  return new Promise((resolve, reject) => {
    const settle = (failure?: SshFailure): void => {
      signal.removeEventListener('abort', onAbort);
      wire.off('readable', onReadable).off('end', onEnd).off('close', onEnd);
      if (failure === undefined) resolve();
      else reject(failure);
    };
    const onReadable = (): void => {
      const chunk = wire.read() as Buffer | null;
      if (chunk === null) return;
      wire.unshift(chunk);
      const text = chunk.toString('latin1', 0, REFUSAL_BYTES);
      settle(refusalOf(text));
    };
    const onEnd = (): void => settle(loginFailure(undefined, 'handshake', wire.errored ?? undefined));
    const onAbort = (): void => settle(dialAborted(clock, signal));
    wire.on('readable', onReadable).once('end', onEnd).once('close', onEnd);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}
