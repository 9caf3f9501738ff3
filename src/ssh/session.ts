import { setTimeout as sleep } from 'node:timers/promises';
import type { CloseCause } from '../core/close-cause.js';
import { abortReason } from '../core/deadline.js';
import { messageOf } from '../core/errors.js';
import type { Dialogue, ExecOptions, ExecPhase } from '../core/exec.js';
import type { FailureReason } from '../core/failure.js';
import { closingBound } from './closing-bound.js';
import { Output } from './output.js';
import { PhaseClock } from './phase-clock.js';
import type { Channel, Exit, Transport } from './transport.js';

/** What became of one command on one connection. */
export interface SessionResult {
  readonly reason: FailureReason;
  readonly message: string;
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly phases: Partial<Record<ExecPhase, number>>;
  /** The connection broke before the node had said anything. To try again is safe for a command that may run twice. */
  readonly unanswered: boolean;
}

/** What a session needs from its connection. */
export interface SessionHost extends Pick<Transport, 'open'> {
  /** Calls the listener when the connection ends, at once if it has ended; gives back how to stop listening. */
  watch(listener: (because: string) => void): () => void;
  /** Closes the whole connection at once. */
  destroy(because: string, cause: CloseCause): void;
  /** Takes no new command; closes when the other sessions have ended. The caller's own session counts no more. */
  retire(because: string, cause: CloseCause): void;
  /** The node refused to open one more session. */
  refused(): void;
}

/** Waits before a refused session is asked for again, in milliseconds: a session that has just ended still counts for sshd. */
const REFUSAL_WAITS = [50, 150, 400] as const;

/**
 * One command on one channel. Its result is settled at the first of: end of the command, abort, too much output, end of the
 * connection. Its place on the connection stays taken until the channel is really closed.
 */
export class Session {
  readonly #host: SessionHost;
  readonly #command: string;
  readonly #options: ExecOptions;
  readonly #onResult: (result: SessionResult) => void;
  readonly #clock = new PhaseClock('queue');
  readonly #output: Output;
  #channel: Channel | undefined;
  #dialogue: Dialogue | undefined;
  #exitCode: number | undefined;
  #settled = false;
  #closing: NodeJS.Timeout | undefined;

  constructor(
    host: SessionHost,
    command: string,
    options: ExecOptions,
    onResult: (result: SessionResult) => void,
  ) {
    this.#host = host;
    this.#command = command;
    this.#options = options;
    this.#onResult = onResult;
    this.#output = new Output(options.maxOutputBytes);
    if (options.signal.aborted) this.#onAbort();
    else options.signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Runs the command; resolves when its place on the connection is free again. Never rejects. */
  async run(): Promise<void> {
    for (const wait of [...REFUSAL_WAITS, undefined]) {
      if (this.#settled) {
        // Given up between two refusals: there is no channel whose end could be awaited.
        clearTimeout(this.#closing);
        return;
      }
      const refusal = await this.#attempt();
      if (refusal === undefined) return;
      if (wait === REFUSAL_WAITS[0]) this.#host.refused();
      if (wait !== undefined) {
        await sleep(wait);
        continue;
      }
      this.#settle(
        'channel',
        `The node refused to open a session (${refusal}); see MaxSessions in its sshd_config.`,
      );
      // Sessions that never end may fill it; a fresh connection has all of them.
      this.#host.retire('it refused sessions', 'refused_sessions');
    }
  }

  /** @returns why the node refused to open the channel, if it did */
  #attempt(): Promise<string | undefined> {
    return new Promise((release) => {
      this.#clock.enter('channel');
      let unwatch = (): unknown => undefined;
      const finish = (refusal?: string): void => {
        unwatch();
        clearTimeout(this.#closing);
        release(refusal);
      };
      // Tells at once when the connection has ended while this session waited for its place.
      unwatch = this.#host.watch((because) => {
        this.#settle('connection_lost', `The connection broke: ${because}.`);
        finish();
      });
      if (this.#settled) return;
      const { stdin } = this.#options;
      this.#dialogue = typeof stdin === 'function' ? stdin() : undefined;
      try {
        this.#channel = this.#host.open(this.#command, this.#options, {
          opened: () => this.#clock.enter('command'),
          stdout: (chunk) => this.#onStdout(chunk),
          stderr: (chunk) => {
            this.#output.takeStderr(chunk);
            this.#tell('stderr', chunk);
          },
          closed: (exit) => {
            this.#onClosed(exit);
            finish();
          },
          refused: finish,
          rejected: (why) => {
            this.#settle('channel', `The node refused to run the command (${why}).`);
            finish();
          },
          failed: ({ reason, message }) => {
            this.#settle(reason, message);
            finish();
          },
        });
      } catch (error) {
        // The connection has broken and has not said so yet.
        this.#host.destroy(messageOf(error), 'error');
        finish();
      }
    });
  }

  #onClosed({ code, signal }: Exit): void {
    this.#exitCode = code;
    if (code !== undefined) this.#settle('none', '');
    else this.#settle('command', `The command was ended by ${signal ?? 'the node without a status'}.`);
  }

  #onStdout(chunk: Buffer): void {
    if (this.#settled) return;
    if (this.#output.takeStdout(chunk)) {
      this.#tell('stdout', chunk);
      return;
    }
    this.#settle('output', `The command printed more than ${this.#options.maxOutputBytes} bytes.`);
    this.#host.destroy('the node printed too much', 'output');
  }

  #tell(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    const reply = this.#settled ? undefined : this.#dialogue?.(stream, chunk.toString('latin1'));
    if (reply === undefined) return;
    if (reply.end) this.#dialogue = undefined;
    this.#channel?.write(reply.text, reply.end);
  }

  readonly #onAbort = (): void => {
    const phase = this.#clock.current;
    if (abortReason(this.#options.signal) === 'cancelled') {
      this.#settle('cancelled', 'Nobody waited for the answer any more.');
      if (phase === 'queue') return;
      this.#closing = closingBound(this.#host);
      this.#channel?.close();
    } else if (phase === 'queue') {
      this.#settle('queue_timeout', 'Other commands on this node took the whole time.');
    } else {
      const what = phase === 'channel' ? 'The node did not open a session' : 'The command did not finish';
      this.#settle('command_timeout', `${what} in time.`);
      this.#channel?.close();
      // A peer that hangs is no peer to keep: the next probe starts afresh.
      this.#host.retire('a command took too long', 'deadline');
    }
  };

  #settle(reason: FailureReason, message: string): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#options.signal.removeEventListener('abort', this.#onAbort);
    const phase = this.#clock.current;
    this.#clock.stop();
    this.#onResult({
      reason,
      message,
      exitCode: this.#exitCode,
      ...this.#output.texts(),
      phases: this.#clock.read(),
      unanswered: reason === 'connection_lost' && (phase !== 'command' || this.#output.bytes === 0),
    });
  }
}
