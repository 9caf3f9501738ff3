import type { FailureReason } from './failure.js';

/**
 * The phases of one remote command, about in order: `queue` is any wait for a place, before the login and before the
 * session. Their seconds are the values of `probe_phase_duration_seconds`.
 */
export const EXEC_PHASES = [
  'queue',
  'resolve',
  'connect',
  'handshake',
  'auth',
  'channel',
  'command',
] as const;

export type ExecPhase = (typeof EXEC_PHASES)[number];

/** Seconds spent in each phase; 0 for a phase that was not needed (a reused connection) or not reached. */
export type ExecPhases = Readonly<Record<ExecPhase, number>>;

/**
 * How the same is asked of a program that stays on a channel of its own and answers one request a line: without a new session, in one
 * round trip instead of two. Used where the connection can, and only while nothing else asks the program.
 */
export interface Standing {
  /** The command that starts the program. */
  readonly program: string;
  /** One line without its end. */
  readonly request: string;
  /** The last line of an answer, up to the exit status that ends it; it must hold something that nobody else knows. */
  readonly end: string;
}

/** What is written to a command that runs. */
export interface Reply {
  readonly text: string;
  /** Ends the input of the command; it is told nothing more then. */
  readonly end: boolean;
}

/** Is told each piece that a command prints, in pieces of any length, and says what to write; undefined for nothing. */
export type Dialogue = (stream: 'stdout' | 'stderr', text: string) => Reply | undefined;

export interface ExecOptions {
  /** Aborted with a {@link ProbeAbort} reason when the deadline passes or the caller leaves. */
  readonly signal: AbortSignal;
  /** Bytes of standard output after which the command is given up with reason `output`. */
  readonly maxOutputBytes: number;
  /**
   * What the command reads on its standard input, which then ends. A function makes a dialogue for each attempt: the command reads
   * what that replies. When undefined there is nothing to read, with or without an end.
   */
  readonly stdin?: string | (() => Dialogue) | undefined;
  /** Left out for what must run by itself. */
  readonly standing?: Standing | undefined;
}

/**
 * What became of one remote command. Success and failure have the same keys, so that a reader never asks which ones
 * exist. A command that ran to its end has reason `none` whatever its exit code: an exit code is a result.
 */
export interface ExecResult {
  readonly reason: FailureReason;
  /** One sentence for a person; empty when the reason is `none`. Never holds a secret. */
  readonly message: string;
  /** Undefined when the command did not end or was ended by a signal. */
  readonly exitCode: number | undefined;
  /** What the command printed, as far as it got. Undecodable bytes are U+FFFD. */
  readonly stdout: string;
  /** The first 4 KiB of standard error. */
  readonly stderr: string;
  readonly connectionReused: boolean;
  readonly phases: ExecPhases;
  /** Seconds until the node will be dialled again; until then every command fails at once. 0 when nothing is waited for. */
  readonly retryAfterSeconds: number;
}

/** The narrow edge between everything that wants something from a node and the way there. Never rejects for what a node did. */
export interface Exec {
  exec(command: string, options: ExecOptions): Promise<ExecResult>;
}

/** The reason of an aborted signal: the deadline passed, or nobody waits for the answer any more. */
export type ProbeAbort = 'deadline' | 'cancelled';
