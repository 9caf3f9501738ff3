import pLimit from 'p-limit';
import type { CloseCause } from '../core/close-cause.js';
import type { ExecOptions } from '../core/exec.js';
import { JumpLost } from './channel-wire.js';
import type { ForwardTarget } from './forward.js';
import type { CloseListener, NodeConnection } from './node-connection.js';
import type { Attempt } from '../core/attempt.js';
import { Session, type SessionHost, type SessionResult } from './session.js';
import { StandingPrograms } from './standing-programs.js';
import type { Transport } from './transport.js';
import type { Wire } from './wire.js';

/** Below sshd's default MaxSessions of 10, which also counts a session that has just been closed. */
const SESSIONS_AT_ONCE = 4;
/** Commands that may wait for one of them. Three modules for two scrapers are fewer; who asks more often than that is told so at once. */
const SESSIONS_WAITING = 32;
/** How long a retired connection may go on for the sake of its other sessions, in milliseconds. */
const RETIREMENT_MS = 10_000;

const TOO_MANY: SessionResult = {
  reason: 'queue_timeout',
  message: `As many as ${SESSIONS_WAITING} commands wait for this node already; ask it less often.`,
  exitCode: undefined,
  stdout: '',
  stderr: '',
  phases: {},
  unanswered: false,
};

interface End {
  readonly because: string;
  readonly cause: CloseCause;
}

/**
 * One verified, logged-in connection: to a node, which runs commands, or to a jump host, through which other connections are
 * opened. Places, age and end are the same whatever carries it: it owns its transport.
 */
export class Connection implements NodeConnection {
  readonly #openedAt = performance.now();
  readonly #transport: Transport;
  readonly #host: SessionHost;
  readonly #slots = pLimit(SESSIONS_AT_ONCE);
  readonly #watchers = new Set<CloseListener>();
  /** Wires through it that are open or being opened. */
  #forwards = 0;
  /** Commands that a standing program answers. */
  #asking = 0;
  /** Undefined where the transport cannot. */
  readonly #programs: StandingPrograms | undefined;
  #closed: End | undefined;
  #retired: End | undefined;
  #lastUsedAt = performance.now();

  constructor(transport: Transport) {
    this.#transport = transport;
    this.#host = {
      open: (command, options, events) => transport.open(command, options, events),
      watch: (listener) => this.watch(listener),
      destroy: (because, cause) => this.destroy(because, cause),
      retire: (because, cause) => this.retire(because, cause, 1),
      refused: () => {
        this.#slots.concurrency = Math.max(1, Math.min(this.#slots.concurrency, this.#slots.activeCount) - 1);
      },
    };
    this.#programs = transport.standing ? new StandingPrograms(this.#host) : undefined;
    transport.onEnd((because, cause) => this.#end({ because, cause }));
  }

  /** Whether a new command, or a connection through it, may use it. */
  get usable(): boolean {
    return this.#closed === undefined && this.#retired === undefined;
  }

  /** Seconds since a command or a wire through it last ended; 0 while there is one. */
  get idleSeconds(): number {
    return this.#sessions + this.#forwards > 0 ? 0 : (performance.now() - this.#lastUsedAt) / 1000;
  }

  get ageSeconds(): number {
    return (performance.now() - this.#openedAt) / 1000;
  }

  /** Wires through it that are open or being opened. */
  get forwards(): number {
    return this.#forwards;
  }

  /** Commands that run or wait for a place. */
  get #sessions(): number {
    return this.#slots.activeCount + this.#slots.pendingCount + this.#asking;
  }

  /** Runs one command when a place is free, or asks the program that stands ready for it. Too many may not wait. Never rejects. */
  async exec(command: string, options: ExecOptions): Promise<SessionResult> {
    const { standing } = options;
    const program = standing && this.#programs?.ready(standing);
    if (standing === undefined || program === undefined) return this.#run(command, options);
    this.#asking++;
    const result = await program.ask(standing, options);
    this.#asking--;
    if (result === undefined) return this.#run(command, options);
    this.#onUnused();
    return result;
  }

  async #run(command: string, options: ExecOptions): Promise<SessionResult> {
    const result = await this.#runAlone(command, options);
    if (result.reason === 'none' && options.standing !== undefined && this.usable)
      this.#programs?.ranAlone(options.standing);
    return result;
  }

  #runAlone(command: string, options: ExecOptions): Promise<SessionResult> {
    if (this.#slots.pendingCount >= SESSIONS_WAITING) return Promise.resolve(TOO_MANY);
    return new Promise((resolve) => {
      const session = new Session(this.#host, command, options, resolve);
      void this.#slots(() => session.run()).then(() => this.#onUnused());
    });
  }

  /**
   * Opens a wire through the peer to an address. It ends with the connection.
   *
   * @throws {ForwardRefused | ForwardUnanswered | JumpLost}
   */
  async forward(target: ForwardTarget, signal: AbortSignal): Promise<Wire> {
    this.#forwards++;
    const release = (): void => {
      this.#forwards--;
      this.#onUnused();
    };
    try {
      if (this.#transport.forward === undefined) throw new JumpLost(target.jump, 'it cannot pass bytes on');
      const wire = await this.#transport.forward(target, (listener) => this.watch(listener), signal);
      const unwatch = this.watch((because) => wire.destroy(new JumpLost(target.jump, because)));
      const onClose = (): void => {
        unwatch();
        release();
      };
      if (wire.closed) onClose();
      else wire.once('close', onClose);
      return wire;
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Tries what a restricted key must not be able to do; undefined where what speaks SSH cannot try. Never rejects. */
  async tryRestrictions(): Promise<readonly Attempt[] | undefined> {
    return this.#transport.tryRestrictions?.();
  }

  /** Calls the listener once when the connection is gone, at once if it is; gives back how to stop listening. */
  watch(listener: CloseListener): () => void {
    if (this.#closed === undefined) this.#watchers.add(listener);
    else listener(this.#closed.because, this.#closed.cause);
    return () => this.#watchers.delete(listener);
  }

  /**
   * Takes nothing new, and closes when the last command has ended, or after a while. A jump host's closes when the last
   * connection through it has ended, however long that takes: those have bounds of their own.
   *
   * @param discounted sessions that need not be waited for
   */
  retire(because: string, cause: CloseCause, discounted = 0): void {
    if (this.#closed !== undefined) return;
    const retiredBefore = this.#retired !== undefined;
    this.#retired ??= { because, cause };
    if (this.#sessions <= discounted && this.#forwards === 0) {
      this.destroy(because, cause);
      return;
    }
    if (retiredBefore || this.#forwards > 0) return;
    const bound = setTimeout(() => this.destroy(because, cause), RETIREMENT_MS).unref();
    this.watch(() => clearTimeout(bound));
  }

  /** Closes at once: what runs ends with `connection_lost`. */
  destroy(because: string, cause: CloseCause): void {
    this.#end({ because, cause });
  }

  #onUnused(): void {
    this.#lastUsedAt = performance.now();
    if (this.#retired !== undefined && this.#sessions + this.#forwards === 0) this.#end(this.#retired);
  }

  #end(end: End): void {
    if (this.#closed !== undefined) return;
    this.#closed = end;
    this.#transport.close();
    for (const watcher of [...this.#watchers]) watcher(end.because, end.cause);
    this.#watchers.clear();
  }
}
