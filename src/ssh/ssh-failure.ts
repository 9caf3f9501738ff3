import type { FailureReason } from '../core/failure.js';

export interface SshFailureOptions extends ErrorOptions {
  /**
   * When what failed is tried again, on the clock of performance.now(), in milliseconds; undefined when whoever dials decides.
   * Nodes behind a jump host that waits itself wait as long as it does.
   */
  readonly retryAt?: number | undefined;
}

/** Something between us and the node failed. The reason is for machines, the message, one sentence, for the operator. */
export class SshFailure extends Error {
  readonly reason: FailureReason;
  readonly retryAt: number | undefined;

  constructor(reason: FailureReason, message: string, { retryAt, ...options }: SshFailureOptions = {}) {
    super(message, options);
    this.name = 'SshFailure';
    this.reason = reason;
    this.retryAt = retryAt;
  }
}

/** Whatever is thrown as a failure. What is none is a bug. */
export function asFailure(error: unknown): SshFailure {
  if (error instanceof SshFailure) return error;
  return new SshFailure('internal', 'The exporter failed while connecting; this is a bug.', { cause: error });
}
