import type { Client } from 'ssh2';
import type { CloseCause } from '../core/close-cause.js';
import { messageOf } from '../core/errors.js';
import { redact } from '../core/redact.js';
import { JumpLost } from './channel-wire.js';
import type { SshError } from './dial-failures.js';
import { openForward } from './forward.js';
import { tryRestrictions } from './restrictions.js';
import type { Transport } from './transport.js';
import type { Wire } from './wire.js';

/**
 * A connection of ssh2 that is ready. It owns the wire.
 *
 * @param wire what the client speaks over; ssh2's own end() and destroy() can leave it open
 */
export function ssh2Transport(client: Client, wire: Wire): Transport {
  return {
    standing: true,
    open: (command, { stdin }, events) => {
      let closed = false;
      let close = (): void => undefined;
      let write: (text: string, end: boolean) => void = () => undefined;
      client.exec(command, (error, channel) => {
        if (error !== undefined) {
          const why = redact(messageOf(error), 120);
          if ('reason' in error) events.refused(why);
          else events.rejected(why);
          return;
        }
        close = () => channel.close();
        write = (text, end) => {
          if (end) channel.end(text);
          else channel.write(text);
        };
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
        if (typeof stdin === 'string') channel.end(stdin);
        if (closed) channel.close();
      });
      return {
        close: () => {
          closed = true;
          close();
        },
        write: (text, end = false) => write(text, end),
      };
    },
    forward: (target, watch, signal) =>
      openForward({ client, heard: () => wire.bytesRead, watch }, target, signal),
    tryRestrictions: () => tryRestrictions(client),
    onEnd: (listener) => {
      // Stays for life: ssh2 may emit 'error' at any time and more than once, one that nobody hears ends the process, and none
      // leaves a connection that can be used.
      client.on('error', (error: SshError) => listener(redact(messageOf(error), 120), causeOf(error)));
      client.on('close', () => listener('the peer closed it', 'peer'));
      if (wire.destroyed) listener('the peer closed it', 'peer');
    },
    close: () => {
      wire.destroy();
    },
  };
}

function causeOf(error: SshError): CloseCause {
  if (error instanceof JumpLost) return 'jump';
  return error.level === 'client-timeout' ? 'keepalive' : 'error';
}
