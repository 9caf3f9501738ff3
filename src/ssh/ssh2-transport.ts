import type { Socket } from 'node:net';
import type { Client } from 'ssh2';
import { messageOf } from '../core/errors.js';
import { redact } from '../core/redact.js';
import type { Transport } from './transport.js';

/**
 * A connection of ssh2 that is ready. It owns the socket.
 *
 * @param socket what the client speaks over; ssh2's own end() and destroy() can leave it open
 */
export function ssh2Transport(client: Client, socket: Socket): Transport {
  return {
    open: (command, { stdin }, events) => {
      let closed = false;
      let close = (): void => undefined;
      client.exec(command, (error, channel) => {
        if (error !== undefined) {
          const why = redact(messageOf(error), 120);
          if ('reason' in error) events.refused(why);
          else events.rejected(why);
          return;
        }
        close = () => channel.close();
        channel.on('error', () => undefined);
        channel.on('data', (chunk: Buffer) => events.stdout(chunk));
        channel.stderr.on('error', () => undefined);
        channel.stderr.on('data', (chunk: Buffer) => events.stderr(chunk));
        let exit: { code: number | undefined; signal: string | undefined } | undefined;
        channel.on('exit', (code: number | null, signal?: string) => {
          exit = { code: code ?? undefined, signal };
        });
        // 'exit' may come before the last data; only 'close' says that everything has arrived.
        channel.on('close', () => events.closed(exit ?? { code: undefined, signal: undefined }));
        events.opened();
        if (stdin !== undefined) channel.end(stdin);
        if (closed) channel.close();
      });
      return {
        close: () => {
          closed = true;
          close();
        },
      };
    },
    onEnd: (listener) => {
      // Stays for life: ssh2 may emit 'error' at any time and more than once, one that nobody hears ends the process, and none
      // leaves a connection that can be used.
      client.on('error', (error: Error) => {
        socket.destroy();
        listener(redact(messageOf(error), 120));
      });
      client.on('close', () => {
        socket.destroy();
        listener('the peer closed it');
      });
      if (socket.destroyed) listener('the peer closed it');
    },
    close: () => {
      socket.destroy();
    },
  };
}
