import type { Socket } from 'node:net';
import pLimit from 'p-limit';
import type { Client } from 'ssh2';
import { messageOf } from '../core/errors.js';
import type { ExecOptions } from '../core/exec.js';
import { Session, type SessionHost, type SessionResult } from './session.js';

/** Below sshd's default MaxSessions of 10, which also counts a session that has just been closed. */
const SESSIONS_AT_ONCE = 4;

/** One verified, logged-in connection. It owns its socket. */
export class Connection {
  readonly #openedAt = performance.now();
  readonly #socket: Socket;
  readonly #host: SessionHost;
  readonly #slots = pLimit(SESSIONS_AT_ONCE);
  readonly #watchers = new Set<(because: string) => void>();
  #closedBecause: string | undefined;
  #lastUsedAt = performance.now();

  constructor(client: Client, socket: Socket) {
    this.#socket = socket;
    this.#host = {
      client,
      watch: (listener) => this.watch(listener),
      destroy: (because) => this.destroy(because),
      refused: () => {
        this.#slots.concurrency = Math.max(1, Math.min(this.#slots.concurrency, this.#slots.activeCount) - 1);
      },
    };
    let because = 'the peer closed it';
    // These stay for life: ssh2 may emit 'error' at any time and more than once, and one that nobody hears ends the process.
    client.on('error', (error: Error) => (because = messageOf(error)));
    client.on('close', () => this.#end(because));
    if (socket.destroyed) this.#end(because);
  }

  get closed(): boolean {
    return this.#closedBecause !== undefined;
  }

  /** Seconds since a command last ended; 0 while one runs. */
  get idleSeconds(): number {
    const busy = this.#slots.activeCount + this.#slots.pendingCount > 0;
    return busy ? 0 : (performance.now() - this.#lastUsedAt) / 1000;
  }

  get ageSeconds(): number {
    return (performance.now() - this.#openedAt) / 1000;
  }

  /** Runs one command when a place is free. Never rejects. */
  exec(command: string, options: ExecOptions): Promise<SessionResult> {
    return new Promise((resolve) => {
      const session = new Session(this.#host, command, options, resolve);
      void this.#slots(() => session.run()).then(() => (this.#lastUsedAt = performance.now()));
    });
  }

  /** Calls the listener once when the connection is gone, at once if it is; gives back how to stop listening. */
  watch(listener: (because: string) => void): () => void {
    if (this.#closedBecause === undefined) this.#watchers.add(listener);
    else listener(this.#closedBecause);
    return () => this.#watchers.delete(listener);
  }

  /** Closes at once: what runs ends with `connection_lost`. */
  destroy(because: string): void {
    // Not client.end() or client.destroy(), which can leave the socket open.
    this.#socket.destroy();
    this.#end(because);
  }

  #end(because: string): void {
    if (this.#closedBecause !== undefined) return;
    this.#closedBecause = because;
    this.#socket.destroy();
    for (const watcher of [...this.#watchers]) watcher(because);
    this.#watchers.clear();
  }
}
