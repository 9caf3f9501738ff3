import type { Socket } from 'node:net';
import { Client } from 'ssh2';
import type { Node } from '../inventory/node.js';
import { offeredAlgorithms } from './algorithms.js';
import { Connection } from './connection.js';
import type { AuthMethod } from './credential-store.js';
import { dialAborted, hostKeyFailure, loginFailure, type SshError } from './dial-failures.js';
import { fingerprint } from './host-key.js';
import { type HostKnowledge, judgeHostKey } from './known-hosts.js';
import type { Stage } from './open-socket.js';
import { SshFailure } from './ssh-failure.js';
import { ssh2Transport } from './ssh2-transport.js';

/** Lost keepalives after which a silent peer counts as gone. */
const KEEPALIVE_LOSSES = 3;

export interface LoginOptions extends Stage {
  readonly keepaliveSeconds: number;
}

/**
 * Speaks SSH over a connected socket: key exchange, verification of the host key, login.
 *
 * @throws {SshFailure} with a reason of the handshake, the host key or the login; the socket is closed then
 */
export function logIn(
  node: Node,
  socket: Socket,
  auth: AuthMethod,
  knowledge: HostKnowledge,
  { clock, signal, keepaliveSeconds }: LoginOptions,
): Promise<Connection> {
  return new Promise((resolve, reject) => {
    clock.enter('handshake');
    const client = new Client();
    let refusal: SshFailure | undefined;
    const fail = (failure: SshFailure): void => {
      signal.removeEventListener('abort', onAbort);
      // ssh2's own end() and destroy() can leave the socket open; it is ours, and we close it.
      socket.destroy();
      reject(failure);
    };
    const onAbort = (): void => fail(dialAborted(clock.current, signal));
    signal.addEventListener('abort', onAbort, { once: true });

    // ssh2 may emit 'error' more than once; what comes after the first changes nothing.
    client.on('error', (error: SshError) => fail(refusal ?? loginFailure(node, clock.current, error)));
    client.on('close', () => fail(refusal ?? loginFailure(node, clock.current, undefined)));
    client.once('handshake', () => clock.enter('auth'));
    client.once('ready', () => {
      clock.stop();
      signal.removeEventListener('abort', onAbort);
      client.removeAllListeners('error').removeAllListeners('close');
      resolve(new Connection(ssh2Transport(client, socket)));
    });
    try {
      client.connect({
        sock: socket,
        username: node.credential.user,
        authHandler: [auth],
        // Must answer synchronously with a strict boolean: ssh2 accepts the host for anything but `false`. Also asked at rekeying.
        hostVerifier: (key: Buffer): boolean => {
          const verdict = judgeHostKey(knowledge, key);
          if (verdict === 'known') return true;
          refusal = hostKeyFailure(node, verdict, fingerprint(key), knowledge);
          return false;
        },
        algorithms: offeredAlgorithms(knowledge),
        // The dial has a deadline of its own, by the signal.
        readyTimeout: 0,
        keepaliveInterval: keepaliveSeconds * 1000,
        keepaliveCountMax: KEEPALIVE_LOSSES,
      });
    } catch (error) {
      fail(new SshFailure('internal', 'The SSH client refused to start.', { cause: error }));
    }
    // A socket that is gone already says nothing any more.
    if (socket.destroyed) fail(loginFailure(node, clock.current, undefined));
    if (signal.aborted) onAbort();
  });
}
