import { Client } from 'ssh2';
import { offeredAlgorithms } from './algorithms.js';
import { dialAborted, loginFailure, type SshError } from './dial-failures.js';
import { firstWord } from './first-word.js';
import type { Hop } from './hop.js';
import type { HostKnowledge } from './known-hosts.js';
import type { Stage } from './stage.js';
import type { Way } from './way.js';
import { boundUnaskedPackets } from './unasked-packets.js';

/**
 * The key that a host presents, in the wire format of RFC 4253. Speaks SSH just as far as that and hangs up before any login: what
 * comes back is a claim that somebody has to compare.
 *
 * @param knowledge what is known of the host: keys of these types are asked for first
 * @throws {SshFailure} when the host cannot be reached or is no SSH server
 */
export async function hostKeyOf(hop: Hop, way: Way, knowledge: HostKnowledge, stage: Stage): Promise<Buffer> {
  const { clock, signal } = stage;
  const wire = await way.open(hop, stage);
  try {
    await firstWord(wire, stage);
    return await new Promise<Buffer>((resolve, reject) => {
      const client = new Client();
      const onAbort = (): void => reject(dialAborted(clock, signal));
      signal.addEventListener('abort', onAbort, { once: true });
      client.on('error', (error: SshError) => reject(loginFailure(undefined, 'handshake', error)));
      client.on('close', () => reject(loginFailure(undefined, 'handshake', undefined)));
      client.connect({
        sock: wire,
        username: hop.credential.user,
        authHandler: [],
        hostVerifier: (key: Buffer): boolean => {
          resolve(Buffer.from(key));
          // Never goes on: nothing is sent to a host that nobody vouches for.
          return false;
        },
        algorithms: offeredAlgorithms(knowledge),
        readyTimeout: 0,
      });
      boundUnaskedPackets(client, wire);
      if (signal.aborted) onAbort();
    });
  } finally {
    wire.destroy();
  }
}
