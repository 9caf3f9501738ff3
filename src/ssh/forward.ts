import type { Client, ClientChannel } from 'ssh2';
import { messageOf } from '../core/errors.js';
import { redact } from '../core/redact.js';
import { ChannelWire, JumpLost } from './channel-wire.js';

/** Where a jump host is to connect to, and what it is called when its connection ends meanwhile. */
export interface ForwardTarget {
  readonly jump: string;
  readonly host: string;
  readonly port: number;
}

/** The jump host did not open the connection. */
export class ForwardRefused extends Error {
  /** Of RFC 4254, section 5.1: 1 prohibited, 2 the connection failed, 3 unknown kind of channel, 4 a lack of resources. */
  readonly code: number | undefined;

  constructor(said: string, code: number | undefined) {
    super(redact(said.replace('(SSH) Channel open failure: ', ''), 120));
    this.name = 'ForwardRefused';
    this.code = code;
  }
}

/** Given up by the signal before the jump host had said anything about the connection. */
export class ForwardUnanswered extends Error {
  /** The jump host has said nothing at all meanwhile, although it was asked something that it answers at once. */
  readonly jumpIsSilent: boolean;

  constructor(jumpIsSilent: boolean) {
    super('The jump host did not open the connection in time.');
    this.name = 'ForwardUnanswered';
    this.jumpIsSilent = jumpIsSilent;
  }
}

/** How long a jump host that is well may take to answer anything at all, in milliseconds. */
const SILENCE_MS = 2000;

/** What opening needs from the connection to the jump host. */
export interface ForwardHost {
  readonly client: Client;
  /** Bytes that have come from the jump host so far. */
  heard(): number;
  watch(listener: (because: string) => void): () => void;
}

/**
 * Opens a byte stream from a jump host to an address that it can reach; names are resolved there.
 *
 * @throws {ForwardRefused | ForwardUnanswered | JumpLost}
 */
export function openForward(
  connection: ForwardHost,
  { jump, host, port }: ForwardTarget,
  signal: AbortSignal,
): Promise<ChannelWire> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const heardBefore = connection.heard();
    let settled = false;
    const isSettled = (): boolean => settled;
    let unwatch = (): unknown => undefined;
    const settle = (outcome: ChannelWire | Error): void => {
      if (settled) return;
      settled = true;
      unwatch();
      signal.removeEventListener('abort', onAbort);
      if (outcome instanceof Error) reject(outcome);
      else resolve(outcome);
    };
    const onAbort = (): void => {
      const waited = performance.now() - startedAt;
      settle(new ForwardUnanswered(waited >= SILENCE_MS && connection.heard() === heardBefore));
    };
    unwatch = connection.watch((because) => settle(new JumpLost(jump, because)));
    if (isSettled()) return;
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    if (isSettled()) return;
    try {
      connection.client.forwardOut('127.0.0.1', 65_535, host, port, (error, channel) => {
        if (error !== undefined) settle(new ForwardRefused(messageOf(error), reasonOf(error)));
        else if (settled) discard(channel);
        else settle(new ChannelWire(channel));
      });
      // Withdraws what was never asked for. sshd says no at once, while it may try for two minutes to reach a dead host.
      connection.client.unforwardIn('', 0, () => undefined);
    } catch (error) {
      // ssh2 throws when its wire is no longer writable but has not said so yet.
      settle(new JumpLost(jump, messageOf(error)));
    }
  });
}

/** A channel that opened when nobody waited for it any more. */
function discard(channel: ClientChannel): void {
  channel.on('error', () => undefined);
  channel.resume();
  channel.close();
}

function reasonOf(error: Error): number | undefined {
  const reason: unknown = 'reason' in error ? error.reason : undefined;
  return typeof reason === 'number' ? reason : undefined;
}
