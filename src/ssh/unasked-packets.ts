import type { Client } from 'ssh2';
import type { Wire } from './wire.js';

/** Packets that a peer may send unasked at once, and per second for good. sshd asks whether we live every few seconds at most. */
const BURST = 2_000;
const PER_SECOND = 50;
/** Bytes that may wait to be read by a peer: more than any script or key that is written to one. */
const UNREAD_BYTES = 8 * 1_048_576;

type Handler = (...words: readonly unknown[]) => void;

/** What ssh2 has inside a client; private, and pinned by the version in package.json. */
interface Inside {
  readonly _protocol: {
    readonly _handlers: Record<string, Handler>;
    requestFailure(): void;
  };
}

/**
 * Bounds what a peer can have ssh2 do without being asked: requests and channels of its own are refused, and each refusal waits in memory
 * until the peer reads it. ssh2 parses the host keys that a server offers, and keeps what it asks about them until it is answered;
 * known_hosts is never learned from them, so that they are ignored here.
 *
 * @param client after `connect`
 * @param wire destroyed when the peer exceeds a bound
 */
export function boundUnaskedPackets(client: Client, wire: Wire): void {
  const { _protocol: protocol } = client as unknown as Inside;
  const handlers = protocol._handlers;
  let left = BURST;
  let since = performance.now();

  const isWithin = (): boolean => {
    const now = performance.now();
    left = Math.min(BURST, left + ((now - since) / 1000) * PER_SECOND) - 1;
    since = now;
    if (left >= 0 && wire.writableLength <= UNREAD_BYTES) return true;
    wire.destroy(new Error('The peer sends requests without end.'));
    return false;
  };
  const bounded = (name: string): void => {
    const handler = handlers[name];
    if (handler === undefined) return;
    handlers[name] = (...words) => {
      if (isWithin()) handler(...words);
    };
  };
  bounded('CHANNEL_OPEN');
  bounded('CHANNEL_REQUEST');
  handlers['GLOBAL_REQUEST'] = (_protocol, _name, wantReply) => {
    if (isWithin() && wantReply === true) protocol.requestFailure();
  };
}
