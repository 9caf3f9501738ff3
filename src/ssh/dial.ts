import { isIP } from 'node:net';
import { unlessAborted } from '../core/deadline.js';
import type { Node } from '../inventory/node.js';
import type { Connection } from './connection.js';
import type { CredentialStore } from './credential-store.js';
import { dialAborted, lookUpFailure } from './dial-failures.js';
import type { KnownHostsFiles } from './known-hosts-files.js';
import { logIn, type LoginOptions } from './log-in.js';
import { firstWord, openSocket } from './open-socket.js';
import type { Resolver } from './resolver.js';
import { SshFailure } from './ssh-failure.js';

/**
 * What a dial needs. The clock enters `resolve`, `connect`, `handshake`, `queue` and `auth` as the dial gets there; the signal
 * is aborted when the dial takes too long or nobody wants it any more.
 */
export interface DialOptions extends LoginOptions {
  readonly credentials: CredentialStore;
  readonly knownHosts: KnownHostsFiles;
  readonly resolver: Resolver;
  /** The last dial failed while looking up the name. */
  readonly suspectName: boolean;
  /** Runs the part that costs CPU, the login, when there is a place for it. */
  readonly admit: <T>(login: () => Promise<T>) => Promise<T>;
}

/**
 * Makes one connection: reads the key, looks up the host, connects, verifies the host key, logs in.
 *
 * A peer that does not answer costs a socket and nothing else: a place among the logins is taken only when the peer has begun
 * to talk, which every SSH server does unasked (RFC 4253, section 4.2).
 *
 * @throws {SshFailure} whose reason says how far it came
 */
export async function dial(node: Node, options: DialOptions): Promise<Connection> {
  const { clock, signal, resolver, suspectName } = options;
  const files = await orTimeout(
    Promise.all([
      options.credentials.authMethods(node.credential),
      options.knownHosts.lookUp(node.knownHosts, node.host, node.port),
    ]),
    options,
  );
  if (isIP(node.host) === 0) clock.enter('resolve');
  const addresses = await orTimeout(resolver.resolve(node.host, suspectName), options).catch(
    (error: unknown) => {
      throw error instanceof SshFailure ? error : lookUpFailure(node, error);
    },
  );
  const socket = await openSocket(node, addresses, options);
  try {
    await firstWord(socket, options);
    clock.enter('queue');
    return await orTimeout(
      options.admit(() => {
        if (signal.aborted) throw dialAborted(clock.current, signal);
        return logIn(node, socket, ...files, options);
      }),
      options,
    );
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Waits, but not past the abort. What was waited for goes on; its failure is nobody's then. */
async function orTimeout<T>(promise: Promise<T>, { clock, signal }: DialOptions): Promise<T> {
  const held = promise.then((value) => ({ value }));
  held.catch(() => undefined);
  const ended = await unlessAborted(held, signal);
  if (ended === undefined) throw dialAborted(clock.current, signal);
  return ended.value;
}
