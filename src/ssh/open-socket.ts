import type { LookupAddress } from 'node:dns';
import { connect, type Socket } from 'node:net';
import type { Node } from '../inventory/node.js';
import { connectFailure, dialAborted, loginFailure } from './dial-failures.js';
import type { PhaseClock } from './phase-clock.js';
import type { SshFailure } from './ssh-failure.js';

/** What bounds a stage of a dial. */
export interface Stage {
  readonly clock: PhaseClock;
  readonly signal: AbortSignal;
}

/**
 * Connects to a node by TCP.
 *
 * @throws {SshFailure} `connect`, `connect_timeout`, or `cancelled`
 */
export function openSocket(
  node: Node,
  addresses: readonly LookupAddress[],
  { clock, signal }: Stage,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    clock.enter('connect');
    const socket = connect({
      host: node.host,
      port: node.port,
      noDelay: true,
      lookup: (_host, options, callback) => {
        const [first] = addresses;
        if (options.all === true) callback(null, [...addresses]);
        else callback(null, first?.address ?? '', first?.family);
      },
    });
    const settle = (failure?: SshFailure): void => {
      signal.removeEventListener('abort', onAbort);
      if (failure === undefined) {
        resolve(socket);
      } else {
        socket.destroy();
        reject(failure);
      }
    };
    const onAbort = (): void => settle(dialAborted(clock.current, signal));
    signal.addEventListener('abort', onAbort, { once: true });
    // The listener stays for the socket's whole life: an error that nobody listens to would end the process.
    socket.on('error', (error: NodeJS.ErrnoException) => settle(connectFailure(node, error)));
    socket.once('connect', () => settle());
    if (signal.aborted) onAbort();
  });
}

/** Waits until the peer has said something, without taking it from whoever reads next. */
export function firstWord(socket: Socket, { clock, signal }: Stage): Promise<void> {
  clock.enter('handshake');
  return new Promise((resolve, reject) => {
    const settle = (failure?: SshFailure): void => {
      signal.removeEventListener('abort', onAbort);
      socket.off('readable', onReadable).off('close', onClose);
      if (failure === undefined) resolve();
      else reject(failure);
    };
    const onReadable = (): void => settle();
    const onClose = (): void => settle(loginFailure(undefined, 'handshake', undefined));
    const onAbort = (): void => settle(dialAborted(clock.current, signal));
    socket.once('readable', onReadable).once('close', onClose);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}
