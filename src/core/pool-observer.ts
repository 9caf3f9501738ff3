import type { CloseCause } from './close-cause.js';
import type { FailureReason } from './failure.js';

/** Whoever counts what the pool does. Connections to jump hosts are told like all others, except where it says nodes. */
export interface PoolObserver {
  /** A dial of a node ended; `none` is success. */
  dialled(reason: FailureReason, seconds: number): void;
  /** A dial of a jump host ended; `none` is success. */
  jumpDialled(jump: string, reason: FailureReason, seconds: number): void;
  /** A login had waited so long for its place. */
  queued(seconds: number): void;
  /** Key exchange and login took so long and succeeded. */
  loggedIn(seconds: number): void;
  /** A command was given to a connection: one that was kept, or one that was made for it. */
  commanded(connection: 'kept' | 'new'): void;
  /** A connection was closed at this age. */
  closed(cause: CloseCause, ageSeconds: number): void;
}

/** What the pool holds at this moment. */
export interface PoolHealth {
  /** Nodes that wait to be dialled again, by reason; only reasons that there are. */
  readonly backoff: ReadonlyMap<FailureReason, number>;
  /** The longest of these waits, in seconds from now; 0 when nobody waits. */
  readonly longestBackoffSeconds: number;
  /** Logins that wait for a place. */
  readonly queuedLogins: number;
  /** Age of the oldest connection, in seconds; undefined when there is none. */
  readonly oldestConnectionSeconds: number | undefined;
  readonly jumps: readonly JumpHealth[];
}

/** What is known of one jump host at this moment. */
export interface JumpHealth {
  readonly jump: string;
  /** Whether the last dial of it succeeded; undefined before the first has ended. */
  readonly up: boolean | undefined;
  /** Connections that are being opened through it. */
  readonly dialsInFlight: number;
  /** Connections that wait to be opened through it. */
  readonly dialsQueued: number;
  /** Connections that may be opened through it at once. */
  readonly dialsLimit: number;
  /** Connections that are open through it. */
  readonly connections: number;
}

/** Counts nothing. */
export const NOBODY: PoolObserver = {
  dialled: () => undefined,
  jumpDialled: () => undefined,
  queued: () => undefined,
  loggedIn: () => undefined,
  commanded: () => undefined,
  closed: () => undefined,
};
