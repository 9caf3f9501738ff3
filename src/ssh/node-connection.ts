import type { CloseCause } from '../core/close-cause.js';
import type { ExecOptions } from '../core/exec.js';
import type { CloseListener } from './close-listener.js';
import type { Attempt } from '../core/attempt.js';
import type { SessionResult } from './session.js';

export type { CloseListener };

/** One verified, logged-in connection, whatever it is used for. The pool keeps it, and asks nothing else of it. */
export interface KeptConnection {
  /** Whether something new may use it. */
  readonly usable: boolean;
  /** Seconds since it was last used; 0 while it is. */
  readonly idleSeconds: number;
  readonly ageSeconds: number;
  /** Calls the listener once when the connection is gone, at once if it is; gives back how to stop listening. */
  watch(listener: CloseListener): () => void;
  /** Takes nothing new, and closes when what uses it has ended, or after a while. */
  retire(because: string, cause: CloseCause): void;
  /** Closes at once: what runs ends with `connection_lost`. */
  destroy(because: string, cause: CloseCause): void;
}

/** A connection to a node, whatever speaks SSH. */
export interface NodeConnection extends KeptConnection {
  /** Runs one command when a place is free. Never rejects. */
  exec(command: string, options: ExecOptions): Promise<SessionResult>;
  /** Tries what a restricted key must not be able to do; undefined where what speaks SSH cannot try. Never rejects. */
  tryRestrictions(): Promise<readonly Attempt[] | undefined>;
}
