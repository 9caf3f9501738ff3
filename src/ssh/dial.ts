import type { Connection } from './connection.js';
import type { CredentialStore } from './credential-store.js';
import { dialAborted } from './dial-failures.js';
import { firstWord } from './first-word.js';
import type { Hop } from './hop.js';
import type { KnownHostsFiles } from './known-hosts-files.js';
import { logIn, type LoginOptions } from './log-in.js';
import { orTimeout } from './or-timeout.js';
import type { Stage } from './stage.js';
import type { Way } from './way.js';

/**
 * What a dial needs. The clock enters `resolve`, `connect`, `handshake`, `queue` and `auth` as the dial gets there; the signal
 * is aborted when the dial takes too long or nobody wants it any more.
 */
export interface DialOptions extends LoginOptions, Stage {
  readonly credentials: CredentialStore;
  readonly knownHosts: KnownHostsFiles;
  readonly way: Way;
  /** Runs the part that costs CPU, the login, when there is a place for it. */
  readonly admit: <T>(login: () => Promise<T>) => Promise<T>;
}

/**
 * Makes one connection in this process: reads the key, opens the way, verifies the host key, logs in.
 *
 * A peer that does not answer costs a socket and nothing else: a place among the logins is taken only when the peer has begun
 * to talk, which every SSH server does unasked (RFC 4253, section 4.2).
 *
 * @throws {SshFailure} whose reason says how far it came
 */
export async function dial(hop: Hop, options: DialOptions): Promise<Connection> {
  const { clock, signal, credentials, knownHosts, way } = options;
  const files = await orTimeout(
    Promise.all([
      credentials.authMethod(hop.credential),
      knownHosts.lookUp(hop.knownHosts, hop.host, hop.port),
    ]),
    options,
  );
  const wire = await way.open(hop, options);
  try {
    await firstWord(wire, options);
    clock.enter('queue');
    return await orTimeout(
      options.admit(() => {
        if (signal.aborted) throw dialAborted(clock, signal);
        return logIn(hop, wire, ...files, options);
      }),
      options,
    );
  } catch (error) {
    wire.destroy();
    throw error;
  }
}
