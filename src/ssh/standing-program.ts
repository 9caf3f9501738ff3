import { abortReason } from '../core/deadline.js';
import type { ExecOptions, Standing } from '../core/exec.js';
import type { FailureReason } from '../core/failure.js';
import { closingBound } from './closing-bound.js';
import { Output } from './output.js';
import { PhaseClock } from './phase-clock.js';
import type { SessionHost, SessionResult } from './session.js';
import type { Channel } from './transport.js';

/** Digits of an exit status, and the line break behind them. */
const STATUS = /^(?<status>\d{1,3})\n$/;
const STATUS_LENGTH = 4;

interface Asked {
  stdout(chunk: Buffer): void;
  stderr(chunk: Buffer): void;
  /** The program has ended. */
  closed(): void;
}

/**
 * One program that stays on a channel and answers one request a line, see {@link Standing}. It can be lost at any time: whatever
 * goes wrong closes it, and the next command runs by itself.
 */
export class StandingProgram {
  readonly #host: SessionHost;
  readonly #onGone: (answers: number) => void;
  readonly #channel: Channel;
  #state: 'starting' | 'ready' | 'closing' | 'closed' = 'starting';
  #asked: Asked | undefined;
  #answers = 0;
  #closing: NodeJS.Timeout | undefined;

  /**
   * Starts it.
   *
   * @param onGone called once, when it takes no request any more; with the number of requests that it has answered
   * @throws when the connection has just broken
   */
  constructor(host: SessionHost, program: string, onGone: (answers: number) => void) {
    this.#host = host;
    this.#onGone = onGone;
    let unwatch = (): unknown => undefined;
    const end = (): void => {
      clearTimeout(this.#closing);
      unwatch();
      if (this.#state === 'closed') return;
      if (this.#state !== 'closing') this.#onGone(this.#answers);
      this.#state = 'closed';
      this.#asked?.closed();
    };
    unwatch = host.watch(() => end());
    this.#channel = host.open(
      program,
      {},
      {
        opened: () => {
          if (this.#state === 'starting') this.#state = 'ready';
        },
        stdout: (chunk) => this.#asked?.stdout(chunk),
        stderr: (chunk) => this.#asked?.stderr(chunk),
        closed: end,
        refused: end,
        rejected: end,
        failed: end,
      },
    );
  }

  /** Whether it may be asked now. */
  get idle(): boolean {
    return this.#state === 'ready' && this.#asked === undefined;
  }

  /** Closes it. What it is asked at the moment ends as if the program had ended. */
  close(): void {
    if (this.#state !== 'starting' && this.#state !== 'ready') return;
    this.#state = 'closing';
    this.#onGone(this.#answers);
    this.#closing = closingBound(this.#host);
    this.#channel.close();
  }

  /**
   * Asks it; only while it is idle.
   *
   * @returns undefined when it ended before it had said anything: the command can still run by itself. Never rejects
   */
  ask({ request, end }: Standing, options: ExecOptions): Promise<SessionResult | undefined> {
    const { signal, maxOutputBytes } = options;
    const clock = new PhaseClock('command');
    const output = new Output(maxOutputBytes);
    const endLength = Buffer.byteLength(end) + STATUS_LENGTH;
    return new Promise((resolve) => {
      let unwatch = (): unknown => undefined;
      const settle = (
        reason: FailureReason,
        message: string,
        answer?: { readonly exitCode: number; readonly without: number },
      ): void => {
        if (this.#asked !== asked) return;
        this.#asked = undefined;
        signal.removeEventListener('abort', onAbort);
        unwatch();
        clock.stop();
        resolve({
          reason,
          message,
          exitCode: answer?.exitCode,
          ...output.texts(answer?.without),
          phases: clock.read(),
          unanswered: reason === 'connection_lost' && output.bytes === 0,
        });
      };
      const onAbort = (): void => {
        if (abortReason(signal) === 'cancelled') {
          settle('cancelled', 'Nobody waited for the answer any more.');
          this.close();
          return;
        }
        settle('command_timeout', 'The command did not finish in time.');
        this.close();
        // A peer that hangs is no peer to keep: the next probe starts afresh.
        this.#host.retire('a command took too long', 'deadline');
      };
      const asked: Asked = {
        stdout: (chunk) => {
          if (!output.takeStdout(chunk)) {
            settle('output', `The command printed more than ${maxOutputBytes} bytes.`);
            this.#host.destroy('the node printed too much', 'output');
            return;
          }
          if (chunk.at(-1) !== 10) return;
          const tail = output.tail(endLength).toString('latin1');
          const mark = tail.lastIndexOf(end);
          const status =
            mark < 0 ? undefined : STATUS.exec(tail.slice(mark + end.length))?.groups?.['status'];
          if (status === undefined) return;
          this.#answers++;
          settle('none', '', { exitCode: Number(status), without: tail.length - mark });
        },
        stderr: (chunk) => output.takeStderr(chunk),
        closed: () => {
          if (output.bytes > 0) {
            settle('command', 'The command was ended by the node without a status.');
            return;
          }
          this.#asked = undefined;
          signal.removeEventListener('abort', onAbort);
          unwatch();
          resolve(undefined);
        },
      };
      this.#asked = asked;
      unwatch = this.#host.watch((because) => settle('connection_lost', `The connection broke: ${because}.`));
      if (signal.aborted) onAbort();
      else {
        signal.addEventListener('abort', onAbort, { once: true });
        this.#channel.write(`${request}\n`);
      }
    });
  }
}
