import type { ExecPhase } from '../../core/exec.js';

/** What a line of the log says of how far the client has come; `ready` when commands can be given. */
export type LoginStage = Extract<ExecPhase, 'resolve' | 'connect' | 'handshake' | 'auth'> | 'ready';

/**
 * Reads one line that OpenSSH's client prints at LogLevel DEBUG1. Before the host key is verified nothing that the peer sends
 * stands at the beginning of a line; after that it can only deceive about itself.
 *
 * @returns the stage that begins with this line, if one does
 */
export function stageOf(line: string): LoginStage | undefined {
  if (/^debug1: (?:Connecting to |Executing proxy command)/.test(line)) return 'connect';
  if (
    /^debug1: (?:Connection established|Remote protocol version|kex_exchange_identification: banner line)/.test(
      line,
    )
  ) {
    return 'handshake';
  }
  if (line === 'debug1: SSH2_MSG_NEWKEYS received') return 'auth';
  if (line === 'debug1: Entering interactive session.') return 'ready';
  return undefined;
}

/** The stage that a whole log has reached. */
export function lastStage(lines: readonly string[]): LoginStage {
  return lines.reduce<LoginStage>((stage, line) => stageOf(line) ?? stage, 'resolve');
}
