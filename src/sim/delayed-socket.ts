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
  /** What passes one way, half of the round trip later, and nothing before so many of them since the connection was opened. */
  const way = (turns: number): ((work: () => void) => void) => {
    const onTheWay: (() => void)[] = [];
    return (work) => {
      onTheWay.push(work);
      const wait = Math.max(roundTrip / 2, openedAt + turns * roundTrip - performance.now());
      // Timers of different lengths may change places: each lets the oldest arrive.
      setTimeout(() => onTheWay.shift()?.(), wait);
    };
  };
  const toClient = way(HEARD_BY_CLIENT);
  const toServer = way(HEARD_BY_SERVER);
  const far = new Duplex({
    allowHalfOpen: false,
    read: () => undefined,
    write: (chunk: Buffer, _encoding, callback) => {
      toClient(() => socket.write(chunk));
      callback();
    },
    final: (callback) => {
      toClient(() => socket.end());
      callback();
    },
    destroy: (error, callback) => {
      socket.destroy();
      callback(error);
    },
  });
  const push = (chunk: Buffer | null): void =>
    toServer(() => {
      if (!far.destroyed) far.push(chunk);
    });
  far.on('error', () => undefined);
  socket.on('data', push);
  socket.on('end', () => push(null));
  socket.on('error', () => undefined);
  socket.on('close', () => far.destroy());
  return far;
}
