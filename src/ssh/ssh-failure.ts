import type { FailureReason } from '../core/failure.js';

/** Something between us and the node failed. The reason is for machines, the message, one sentence, for the operator. */
export class SshFailure extends Error {
  readonly reason: FailureReason;

  constructor(reason: FailureReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SshFailure';
    this.reason = reason;
  }
}
