import { type Deadline, startDeadline } from '../core/deadline.js';
import { backoffSeconds } from './backoff.js';
import type { KeptConnection } from './node-connection.js';
import { PhaseClock } from './phase-clock.js';
import { asFailure, type SshFailure } from './ssh-failure.js';
import type { Stage } from './stage.js';

export interface Dial<C> {
  readonly clock: PhaseClock;
  readonly promise: Promise<C>;
  readonly deadline: Deadline;
}

export interface DialBounds {
  /** For the whole dial. */
  readonly dialTimeoutSeconds: number;
  /** Of the connection, give or take a tenth. */
  readonly connectionAgeSeconds: number;
}

/** Why nothing is dialled at present. */
export interface Backoff {
  readonly failure: SshFailure;
  /** In a row. */
  readonly failures: number;
  /** On the clock of performance.now(), in milliseconds. */
  readonly until: number;
}

/** Told of what becomes of the dials of one slot. A dial that nobody wants any more is told to nobody. */
export interface SlotListener<C> {
  /** @param after the failure before it, when there was one */
  connected(connection: C, seconds: number, after: SshFailure | undefined): void;
  /** @param after the failure before it, when there was one */
  failed(failure: SshFailure, seconds: number, after: SshFailure | undefined): void;
}

/**
 * What is held for one way of reaching a host: at most one connection, at most one dial at a time, and after a failed one the
 * wait until the next.
 */
export class Slot<C extends KeptConnection> {
  readonly #listener: SlotListener<C>;
  #connection: C | undefined;
  #maxAgeSeconds = Infinity;
  #dial: Dial<C> | undefined;
  #backoff: Backoff | undefined;
  #succeeded: boolean | undefined;

  constructor(listener: SlotListener<C>) {
    this.#listener = listener;
  }

  /** The dial that is under way. */
  get dial(): Dial<C> | undefined {
    return this.#dial;
  }

  /** The kept connection, unless it is gone or too old. */
  usable(): C | undefined {
    const connection = this.#connection;
    if (connection?.usable !== true) return undefined;
    if (connection.ageSeconds < this.#maxAgeSeconds) return connection;
    connection.retire('it was old', 'age');
    return undefined;
  }

  /** The kept connection as it is, for counting. */
  get connection(): C | undefined {
    return this.#connection;
  }

  /** The failure of the last dial, when the last one failed; whether it still holds dials back is another matter. */
  get lastFailure(): SshFailure | undefined {
    return this.#backoff?.failure;
  }

  /** Whether the last dial that ended did so with a connection; undefined before the first. */
  get succeeded(): boolean | undefined {
    return this.#succeeded;
  }

  /** The wait that is on, if one is. */
  get backoff(): Backoff | undefined {
    return this.#backoff !== undefined && this.#backoff.until > performance.now() ? this.#backoff : undefined;
  }

  /** The dial that is under way, else a new one. It goes on when whoever wanted it has left, so that the next finds it done. */
  join(
    { dialTimeoutSeconds, connectionAgeSeconds }: DialBounds,
    connect: (stage: Stage) => Promise<C>,
  ): Dial<C> {
    if (this.#dial !== undefined) return this.#dial;
    const clock = new PhaseClock('queue');
    const deadline = startDeadline(dialTimeoutSeconds);
    const stage = { clock, signal: deadline.signal, lastReason: this.lastFailure?.reason };
    const promise = this.#run(connect, stage, connectionAgeSeconds).finally(() => {
      deadline.clear();
      clock.stop();
      this.#dial = undefined;
    });
    // Whoever waits handles the failure; when everybody has left, nobody need.
    promise.catch(() => undefined);
    this.#dial = { clock, deadline, promise };
    return this.#dial;
  }

  /** Ends the wait and forgets the failure: whoever reloads has probably mended something. */
  forgive(): void {
    this.#backoff = undefined;
  }

  /** Dials no more, and lets go of the connection, which closes when its last use has ended. */
  leave(): void {
    this.#dial?.deadline.cancel();
    this.#connection?.retire('its node left the configuration', 'reload');
  }

  async #run(connect: (stage: Stage) => Promise<C>, stage: Stage, ageSeconds: number): Promise<C> {
    const startedAt = performance.now();
    const seconds = (): number => (performance.now() - startedAt) / 1000;
    try {
      const connection = await connect(stage);
      this.#connection = connection;
      this.#maxAgeSeconds = ageSeconds * (0.9 + Math.random() * 0.2);
      const after = this.lastFailure;
      this.#backoff = undefined;
      this.#succeeded = true;
      this.#listener.connected(connection, seconds(), after);
      return connection;
    } catch (error) {
      const failure = asFailure(error);
      if (failure.reason !== 'cancelled') {
        const after = this.lastFailure;
        this.#wait(failure);
        this.#succeeded = false;
        this.#listener.failed(failure, seconds(), after);
      }
      throw failure;
    }
  }

  #wait(failure: SshFailure): void {
    const before = this.#backoff?.failures ?? 0;
    // What fails because of something else that waits waits with it, and has not failed once more itself.
    if (failure.retryAt !== undefined) {
      this.#backoff = { failure, failures: before, until: failure.retryAt };
      return;
    }
    const failures = before + 1;
    const wait = backoffSeconds(failure.reason, failures, Math.random());
    this.#backoff = { failure, failures, until: performance.now() + wait * 1000 };
  }
}
