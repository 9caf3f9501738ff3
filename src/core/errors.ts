import { isNativeError } from 'node:util/types';

/** Every way in which pipefleet itself says no. Each has one kind of mending and, on the command line, one exit code. */
export type ErrorCode =
  | 'usage'
  | 'config_unreadable'
  | 'config_invalid'
  | 'listen_failed'
  | 'node_unknown'
  | 'module_unknown'
  | 'state_unusable'
  | 'key_unusable'
  | 'key_exists'
  | 'declined'
  | 'operation_failed'
  | 'tool_missing'
  | 'internal';

/**
 * An error whose message is written for the operator: one sentence that says what, where and how to mend it. It is shown
 * without a stack trace. Anything else that is thrown is a bug of ours.
 */
export class PipefleetError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PipefleetError';
    this.code = code;
  }
}

/** The message of anything thrown, without a stack trace. */
export function messageOf(error: unknown): string {
  return isNativeError(error) ? error.message : String(error);
}

/** The system's code of anything thrown, such as `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  const code: unknown = isNativeError(error) && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
