import pLimit from 'p-limit';
import type { ExecOptions } from '../core/exec.js';
import type { NodeConnection } from './node-connection.js';
import { Session, type SessionHost, type SessionResult } from './session.js';
import type { Transport } from './transport.js';

/** Below sshd's default MaxSessions of 10, which also counts a session that has just been closed. */
const SESSIONS_AT_ONCE = 4;
/** How long a retired connection may go on for the sake of its other sessions, in milliseconds. */
const RETIREMENT_MS = 10_000;

/** One verified, logged-in connection, whatever carries it: its places, its age and its end. It owns its transport. */
export class Connection implements NodeConnection {
  readonly #openedAt = performance.now();
  readonly #transport: Transport;
  readonly #host: SessionHost;
  readonly #slots = pLimit(SESSIONS_AT_ONCE);
  readonly #watchers = new Set<(because: string) => void>();
  #closedBecause: string | undefined;
  #retired = false;
  #lastUsedAt = performance.now();

  constructor(transport: Transport) {
    this.#transport = transport;
    this.#host = {
      open: (command, options, events) => transport.open(command, options, events),
      watch: (listener) => this.watch(listener),
      destroy: (because) => this.destroy(because),
      retire: (because) => this.retire(because, 1),
      refused: () => {
        this.#slots.concurrency = Math.max(1, Math.min(this.#slots.concurrency, this.#slots.activeCount) - 1);
      },
    };
    transport.onEnd((because) => this.#end(because));
  }

  /** Whether a new command may use it. */
  get usable(): boolean {
    return this.#closedBecause === undefined && !this.#retired;
  }

  /** Seconds since a command last ended; 0 while one runs. */
  get idleSeconds(): number {
    return this.#sessions > 0 ? 0 : (performance.now() - this.#lastUsedAt) / 1000;
  }

  get ageSeconds(): number {
    return (performance.now() - this.#openedAt) / 1000;
  }

  /** Commands that run or wait for a place. */
  get #sessions(): number {
    return this.#slots.activeCount + this.#slots.pendingCount;
  }

  /** Runs one command when a place is free. Never rejects. */
  exec(command: string, options: ExecOptions): Promise<SessionResult> {
    return new Promise((resolve) => {
      const session = new Session(this.#host, command, options, resolve);
      void this.#slots(() => session.run()).then(() => {
        this.#lastUsedAt = performance.now();
        if (this.#retired && this.#sessions === 0) this.destroy('it was retired');
      });
    });
  }

  /** Calls the listener once when the connection is gone, at once if it is; gives back how to stop listening. */
  watch(listener: (because: string) => void): () => void {
    if (this.#closedBecause === undefined) this.#watchers.add(listener);
    else listener(this.#closedBecause);
    return () => this.#watchers.delete(listener);
  }

  /**
   * Takes no new command, and closes when the last one has ended, or after a while.
   *
   * @param discounted sessions that need not be waited for
   */
  retire(because: string, discounted = 0): void {
    if (this.#closedBecause !== undefined) return;
    const retiredBefore = this.#retired;
    this.#retired = true;
    if (this.#sessions <= discounted) {
      this.destroy(because);
      return;
    }
    if (retiredBefore) return;
    const bound = setTimeout(() => this.destroy(because), RETIREMENT_MS).unref();
    this.watch(() => clearTimeout(bound));
  }

  /** Closes at once: what runs ends with `connection_lost`. */
  destroy(because: string): void {
    this.#transport.close();
    this.#end(because);
  }

  #end(because: string): void {
    if (this.#closedBecause !== undefined) return;
    this.#closedBecause = because;
    for (const watcher of [...this.#watchers]) watcher(because);
    this.#watchers.clear();
  }
}
