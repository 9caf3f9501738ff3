import { PipefleetError, type ErrorCode } from '../core/errors.js';

/** What a command tells its caller; scripts and CI rely on these numbers. */
export const EXIT = {
  ok: 0,
  /** It was asked rightly and did not succeed. */
  failed: 1,
  /** The command line or the configuration must be mended first. */
  usage: 2,
  /** Somebody interrupted it; what had begun was ended. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const CODES: Readonly<Record<ErrorCode, ExitCode>> = {
  usage: EXIT.usage,
  config_unreadable: EXIT.usage,
  config_invalid: EXIT.usage,
  listen_failed: EXIT.failed,
  node_unknown: EXIT.usage,
  module_unknown: EXIT.usage,
  state_unusable: EXIT.failed,
  key_unusable: EXIT.usage,
  key_exists: EXIT.usage,
  declined: EXIT.failed,
  operation_failed: EXIT.failed,
  tool_missing: EXIT.failed,
  internal: EXIT.failed,
};

/** The exit code for anything thrown. */
export function exitCodeOf(error: unknown): ExitCode {
  return error instanceof PipefleetError ? CODES[error.code] : EXIT.failed;
}
