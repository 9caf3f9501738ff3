import type { Duplex } from 'node:stream';

/**
 * The byte stream that SSH is spoken over: a TCP connection from here, or a channel of a connection to a jump host. Whoever
 * holds it owns it: `destroy()` closes it whatever state it is in, `destroyed` tells so at once and `close` follows. Its errors
 * have a listener for its whole life, so that none ends the process.
 */
export interface Wire extends Duplex {
  /** Bytes that have come from the peer so far. */
  readonly bytesRead: number;
}
