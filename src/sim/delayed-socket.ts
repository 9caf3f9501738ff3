import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/** Round trips after the client's first packet at which each side of a new connection hears of the other: SYN, SYN and ACK, ACK. */
const HEARD_BY_SERVER = 1.5;
const HEARD_BY_CLIENT = 2;

/**
 * A socket of a server as if its client were far away: every byte waits for half of the round trip, in both directions and in order, and
 * nothing passes before TCP's handshake would have ended. No byte is lost, and there is no bandwidth to run out of.
 *
 * @param roundTrip in milliseconds, more than 0
 */
export function delayedSocket(socket: Socket, roundTrip: number): Duplex {
  const openedAt = performance.now();
  const after = (milliseconds: number, turns: number, work: () => void): void => {
    const arrival = Math.max(milliseconds, openedAt + turns * roundTrip - performance.now());
    setTimeout(work, arrival);
  };
  const far = new Duplex({
    allowHalfOpen: false,
    read: () => undefined,
    write: (chunk: Buffer, _encoding, callback) => {
      after(roundTrip / 2, HEARD_BY_CLIENT, () => socket.write(chunk));
      callback();
    },
    final: (callback) => {
      after(roundTrip / 2, HEARD_BY_CLIENT, () => socket.end());
      callback();
    },
    destroy: (error, callback) => {
      socket.destroy();
      callback(error);
    },
  });
  const near = (work: () => void): void =>
    after(roundTrip / 2, HEARD_BY_SERVER, () => {
      if (!far.destroyed) work();
    });
  far.on('error', () => undefined);
  socket.on('data', (chunk) => near(() => far.push(chunk)));
  socket.on('end', () => near(() => far.push(null)));
  socket.on('error', () => undefined);
  socket.on('close', () => far.destroy());
  return far;
}
