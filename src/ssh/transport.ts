import type { ExecOptions } from '../core/exec.js';
import type { ForwardTarget } from './forward.js';
import type { CloseListener } from './close-listener.js';
import type { Attempt } from '../core/attempt.js';
import type { SshFailure } from './ssh-failure.js';
import type { Wire } from './wire.js';

/** How one command ended: with an exit code, by a signal, or with neither when the node did not say. */
export interface Exit {
  readonly code: number | undefined;
  /** Such as `SIGKILL`. */
  readonly signal: string | undefined;
}

/**
 * What a channel tells. First `opened`, `refused`, `rejected` or `failed`, unless the connection ends; after `opened` come output and, when
 * all of it has arrived and the node counts the channel no more, `closed`.
 */
export interface ChannelEvents {
  opened(): void;
  stdout(chunk: Buffer): void;
  stderr(chunk: Buffer): void;
  closed(exit: Exit): void;
  /** The node allows no further session at the moment. */
  refused(why: string): void;
  /** The node opened the session and would not run the command. */
  rejected(why: string): void;
  /** This machine could not even ask. */
  failed(failure: SshFailure): void;
}

/** One command on its way. */
export interface Channel {
  /** The command is not wanted any more; `closed` still follows when the node has let it go. */
  close(): void;
  /** Writes to the standard input of a command that is opened and was not given all of it at once. */
  write(text: string, end?: boolean): void;
}

/** A verified, logged-in connection in the words that every backend understands. */
export interface Transport {
  /**
   * Begins a command. Where `stdin` is a function, its input stays open for {@link Channel.write}.
   *
   * @throws when the connection has just broken
   */
  open(command: string, options: Pick<ExecOptions, 'stdin'>, events: ChannelEvents): Channel;
  /** Whether a program may stay on one of its channels: a channel costs no process here. */
  readonly standing: boolean;
  /**
   * Opens a wire through the peer to an address; undefined for a transport that cannot.
   *
   * @param watch calls the listener when the connection ends
   * @throws {ForwardRefused | ForwardUnanswered | JumpLost}
   */
  readonly forward?:
    | ((
        target: ForwardTarget,
        watch: (listener: (because: string) => void) => () => void,
        signal: AbortSignal,
      ) => Promise<Wire>)
    | undefined;
  /** Tries what a restricted key must not be able to do; undefined for a transport that cannot. Never rejects. */
  readonly tryRestrictions?: (() => Promise<readonly Attempt[]>) | undefined;
  /** Calls the listener when the connection is gone, at once if it is. */
  onEnd(listener: CloseListener): void;
  /** Closes everything at once, whatever runs on it; once or more. */
  close(): void;
}
