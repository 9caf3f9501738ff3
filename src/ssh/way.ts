import { connect, isIP } from 'node:net';
import { connectFailure, dialAborted, lookUpFailure } from './dial-failures.js';
import type { Hop } from './hop.js';
import { orTimeout } from './or-timeout.js';
import { raceAddresses } from './race.js';
import type { Resolver } from './resolver.js';
import { SshFailure } from './ssh-failure.js';
import type { Stage } from './stage.js';
import type { Wire } from './wire.js';

/** How bytes get to a hop: by TCP from here, or through the jump host before it. */
export interface Way {
  /** @throws {SshFailure} `dns`, `connect`, `connect_timeout`, `jump`, `queue_timeout` or `cancelled` */
  open(hop: Hop, stage: Stage): Promise<Wire>;
}

/** By TCP from here: to the addresses of the hop, else to those that its name has. */
export function directly(resolver: Resolver): Way {
  return {
    async open(hop, stage) {
      const addresses = hop.addresses.length > 0 ? hop.addresses : await lookUp(hop, resolver, stage);
      stage.clock.enter('connect');
      return raceAddresses(
        hop,
        addresses,
        (address, signal) => openSocket(hop, address, { ...stage, signal }),
        stage,
      );
    },
  };
}

async function lookUp(hop: Hop, resolver: Resolver, stage: Stage): Promise<readonly string[]> {
  if (isIP(hop.host) === 0) stage.clock.enter('resolve');
  return orTimeout(resolver.resolve(hop.host, stage.lastReason === 'dns'), stage).catch((error: unknown) => {
    throw error instanceof SshFailure ? error : lookUpFailure(hop, error);
  });
}

function openSocket(hop: Hop, address: string, { clock, signal }: Stage): Promise<Wire> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port: hop.port, noDelay: true });
    const settle = (failure?: SshFailure): void => {
      signal.removeEventListener('abort', onAbort);
      if (failure === undefined) {
        resolve(socket);
      } else {
        socket.destroy();
        reject(failure);
      }
    };
    const onAbort = (): void => settle(dialAborted(clock, signal));
    signal.addEventListener('abort', onAbort, { once: true });
    // The listener stays for the socket's whole life: an error that nobody listens to would end the process.
    socket.on('error', (error: NodeJS.ErrnoException) => settle(connectFailure(hop, error)));
    socket.once('connect', () => settle());
    if (signal.aborted) onAbort();
  });
}
