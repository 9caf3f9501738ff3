import type { ExecOptions } from '../core/exec.js';
import type { SessionResult } from './session.js';

/** One verified, logged-in connection to a node, whatever speaks SSH. The pool keeps it, and asks nothing else of it. */
export interface NodeConnection {
  /** Whether a new command may use it. */
  readonly usable: boolean;
  /** Seconds since a command last ended; 0 while one runs. */
  readonly idleSeconds: number;
  readonly ageSeconds: number;
  /** Runs one command when a place is free. Never rejects. */
  exec(command: string, options: ExecOptions): Promise<SessionResult>;
  /** Calls the listener once when the connection is gone, at once if it is; gives back how to stop listening. */
  watch(listener: (because: string) => void): () => void;
  /** Takes no new command, and closes when the last one has ended, or after a while. */
  retire(because: string): void;
  /** Closes at once: what runs ends with `connection_lost`. */
  destroy(because: string): void;
}
