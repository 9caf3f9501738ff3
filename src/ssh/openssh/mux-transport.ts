import type { CloseCause } from '../../core/close-cause.js';
import type { ExecOptions } from '../../core/exec.js';
import type { Channel, ChannelEvents, Transport } from '../transport.js';
import type { Master } from './master.js';
import { muxEventOf } from './mux-log.js';
import { MuxSession } from './mux-session.js';

/**
 * A master that is logged in, as a transport: each command is a process that asks it for a session.
 *
 * Which process has which channel is not said anywhere, so processes are started one after the other: the next one when the master
 * has seen the one before, which takes no word from the node.
 *
 * @param onClose called once, when the master has ended or is being ended
 */
export function muxTransport(
  master: Master,
  ssh: string,
  sessionConfigFile: string,
  onClose: () => void,
): Transport {
  const waiting: (() => void)[] = [];
  const unanswered: MuxSession[] = [];
  const byChannel = new Map<number, MuxSession>();
  const running = new Set<MuxSession>();
  let starting: MuxSession | undefined;
  let closed = false;

  const startNext = (): void => {
    starting = undefined;
    waiting.shift()?.();
  };
  const stopListening = master.onLine((line) => {
    const event = muxEventOf(line);
    if (event === undefined) return;
    if (event.what === 'asked') {
      if (starting === undefined) return;
      starting.heard();
      byChannel.set(event.channel, starting);
      unanswered.push(starting);
      startNext();
      return;
    }
    if (event.what === 'opened') {
      unanswered.shift()?.opened();
      return;
    }
    const session = byChannel.get(event.channel);
    if (session === undefined) return;
    switch (event.what) {
      case 'refused':
        unanswered.splice(unanswered.indexOf(session), 1);
        session.refused(event.why);
        break;
      case 'exited':
        session.exited(event.how);
        break;
      case 'freed':
        byChannel.delete(event.channel);
        running.delete(session);
        session.freed();
    }
  });
  const end = (): void => {
    if (closed) return;
    closed = true;
    stopListening();
    waiting.length = 0;
    for (const session of running) session.kill();
    running.clear();
    onClose();
  };

  function begin(command: string, stdin: ExecOptions['stdin'], events: ChannelEvents): MuxSession {
    const session: MuxSession = new MuxSession(
      ssh,
      sessionConfigFile,
      command,
      stdin,
      events,
      () => {
        running.delete(session);
        if (starting === session) startNext();
      },
      () => master.kill('its control socket does not answer'),
    );
    running.add(session);
    starting = session;
    return session;
  }

  function open(command: string, { stdin }: Pick<ExecOptions, 'stdin'>, events: ChannelEvents): Channel {
    if (closed) throw new Error('its ssh has ended');
    if (starting === undefined) {
      const session = begin(command, stdin, events);
      return { close: () => session.leave(), write: (text, end) => session.write(text, end) };
    }
    let session: MuxSession | undefined;
    const start = (): void => {
      session = begin(command, stdin, events);
    };
    waiting.push(start);
    return {
      write: (text, end) => session?.write(text, end),
      close: () => {
        if (session !== undefined) {
          session.leave();
        } else if (waiting.includes(start)) {
          waiting.splice(waiting.indexOf(start), 1);
          events.closed({ code: undefined, signal: undefined });
        }
      },
    };
  }

  return {
    // Each command is a process of its own.
    standing: false,
    open,
    onEnd: (listener) => {
      master.onEnd((because) => {
        end();
        listener(because, causeOf(because));
      });
    },
    close: () => {
      end();
      master.kill();
    },
  };
}

function causeOf(because: string): CloseCause {
  if (because.startsWith('Timeout, server')) return 'keepalive';
  return /closed|disconnect from/i.test(because) ? 'peer' : 'error';
}
