import { Client } from 'ssh2';
import { offeredAlgorithms } from './algorithms.js';
import { Connection } from './connection.js';
import type { AuthMethod } from './credential-store.js';
import { dialAborted, hostKeyFailure, loginFailure, type SshError } from './dial-failures.js';
import type { Hop } from './hop.js';
import { fingerprint } from './host-key.js';
import { type HostKnowledge, judgeHostKey } from './known-hosts.js';
import { SshFailure } from './ssh-failure.js';
import { ssh2Transport } from './ssh2-transport.js';
import type { Stage } from './stage.js';
import { boundUnaskedPackets } from './unasked-packets.js';
import type { Wire } from './wire.js';

/** Lost keepalives after which a silent peer counts as gone. */
const KEEPALIVE_LOSSES = 3;

export interface LoginOptions extends Pick<Stage, 'clock' | 'signal'> {
  readonly keepaliveSeconds: number;
}

/**
 * Speaks SSH over a wire: key exchange, verification of the host key, login.
 *
 * @throws {SshFailure} with a reason of the handshake, the host key or the login; the wire is closed then
 */
export function logIn(
  hop: Hop,
  wire: Wire,
  auth: readonly AuthMethod[],
  knowledge: HostKnowledge,
  { clock, signal, keepaliveSeconds }: LoginOptions,
): Promise<Connection> {
  return new Promise((resolve, reject) => {
    clock.enter('handshake');
    const client = new Client();
    let refusal: SshFailure | undefined;
    const fail = (failure: SshFailure): void => {
      signal.removeEventListener('abort', onAbort);
      // ssh2's own end() and destroy() can leave it open; it is ours, and we close it.
      wire.destroy();
      reject(failure);
    };
    const onAbort = (): void => fail(dialAborted(clock, signal));
    signal.addEventListener('abort', onAbort, { once: true });

    // ssh2 may emit 'error' more than once; what comes after the first changes nothing.
    client.on('error', (error: SshError) => fail(refusal ?? loginFailure(hop, clock.current, error)));
    client.on('close', () => fail(refusal ?? loginFailure(hop, clock.current, wire.errored ?? undefined)));
    client.once('handshake', () => clock.enter('auth'));
    client.once('ready', () => {
      clock.stop();
      signal.removeEventListener('abort', onAbort);
      client.removeAllListeners('error').removeAllListeners('close');
      resolve(new Connection(ssh2Transport(client, wire)));
    });
    try {
      client.connect({
        sock: wire,
        username: hop.credential.user,
        authHandler: [...auth],
        // Must answer synchronously with a strict boolean: ssh2 accepts the host for anything but `false`. Also asked at rekeying.
        hostVerifier: (key: Buffer): boolean => {
          const verdict = judgeHostKey(knowledge, key);
          if (verdict === 'known') return true;
          refusal = hostKeyFailure(hop, verdict, fingerprint(key), knowledge);
          return false;
        },
        algorithms: offeredAlgorithms(knowledge),
        // The dial has a deadline of its own, by the signal.
        readyTimeout: 0,
        keepaliveInterval: keepaliveSeconds * 1000,
        keepaliveCountMax: KEEPALIVE_LOSSES,
      });
      boundUnaskedPackets(client, wire);
    } catch (error) {
      fail(new SshFailure('internal', 'The SSH client refused to start.', { cause: error }));
    }
    // A wire that is gone already says nothing any more.
    if (wire.destroyed) fail(loginFailure(hop, clock.current, wire.errored ?? undefined));
    if (signal.aborted) onAbort();
  });
}
