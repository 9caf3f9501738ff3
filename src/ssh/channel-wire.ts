import { Duplex } from 'node:stream';
import type { ClientChannel } from 'ssh2';
import type { Wire } from './wire.js';

/** The connection to a jump host has ended, and with it everything that ran through it. */
export class JumpLost extends Error {
  /** @param jump name of the jump host @param because why its connection ended, without a full stop */
  constructor(jump: string, because: string) {
    super(`the jump host ${jump} broke off (${because})`);
    this.name = 'JumpLost';
  }
}

/**
 * A `direct-tcpip` channel as a {@link Wire}. ssh2's own Channel is no socket: its `destroy()` neither frees what waits to be
 * written nor tells that it happened, it says `close` only to somebody who has read everything, and a write to a channel that is
 * closing is never called back. Here the end of the peer's bytes ends the wire, as with a socket that is not half open.
 */
export class ChannelWire extends Duplex implements Wire {
  readonly #channel: ClientChannel;
  #bytesRead = 0;

  constructor(channel: ClientChannel) {
    super({ allowHalfOpen: false });
    this.#channel = channel;
    this.on('error', () => undefined);
    this.once('end', () => this.destroy());
    channel.on('error', (error: Error) => this.destroy(error));
    channel.on('data', this.#onData);
    channel.on('end', () => {
      if (!this.destroyed) this.push(null);
    });
    // After 'end' when there was one; a channel that never was readable has none.
    channel.on('close', () => {
      if (!this.destroyed && !this.readableEnded && this.readableLength === 0) this.destroy();
    });
  }

  get bytesRead(): number {
    return this.#bytesRead;
  }

  override _read(): void {
    this.#channel.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#channel.write(chunk, callback);
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#channel.end();
    callback();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    // What still comes is read and dropped: ssh2 forgets a channel only when everything has been read.
    this.#channel.off('data', this.#onData).resume();
    try {
      this.#channel.close();
    } catch {
      // The connection below is gone, and the channel with it.
    }
    callback(error);
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#bytesRead += chunk.length;
    if (!this.push(chunk)) this.#channel.pause();
  };
}
