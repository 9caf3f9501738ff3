import type { FailureReason } from '../core/failure.js';
import { redact } from '../core/redact.js';
import type { JumpHost } from '../inventory/node.js';
import { jumpLostFailure } from './dial-failures.js';
import { ForwardRefused, ForwardUnanswered } from './forward.js';
import { JumpLost } from './channel-wire.js';
import type { Hop } from './hop.js';
import { SshFailure } from './ssh-failure.js';

/**
 * The failure of everything behind a jump host that could not be dialled.
 *
 * @param retryAt when the jump host is tried again, on the clock of performance.now(); undefined when it is not known
 */
export function jumpDown(jump: JumpHost, failure: SshFailure, retryAt: number | undefined): SshFailure {
  if (failure.reason === 'cancelled') return failure;
  // One that itself lies behind another names the one that is to be mended.
  const message =
    failure.reason === 'jump'
      ? failure.message
      : `The jump host ${jump.name} (${jump.host} port ${jump.port}) cannot be used: ${failure.message}`;
  return new SshFailure('jump', message, { cause: failure, retryAt });
}

/** What sshd says, in the words of the system's own error messages, and what it means. */
const SAID: readonly (readonly [said: RegExp, reason: FailureReason, message: string])[] = [
  [/refused/i, 'connect', 'The connection to ADDRESS was refused; is sshd running and the port right?'],
  [/timed out/i, 'connect_timeout', 'Nothing answered the connection to ADDRESS in time.'],
  [/unreachable|no route/i, 'connect', 'The host ADDRESS is unreachable.'],
  [
    /name or service|name resolution|no address|nodename|unknown host|not known/i,
    'dns',
    'The host name of ADDRESS cannot be resolved (SAID).',
  ],
];
/** Codes of RFC 4254, section 5.1. */
const PROHIBITED = 1;
const CONNECT_FAILED = 2;

/** The failure of a connection that was to be opened through a jump host that is in order itself. */
export function forwardFailure(jump: JumpHost, hop: Hop, address: string, error: unknown): SshFailure {
  const target = address === hop.host ? hop.host : `${hop.host} (${address})`;
  const where = `${target} port ${hop.port}, as the jump host ${jump.name} sees it,`;
  if (error instanceof JumpLost) return jumpLostFailure(error);
  if (error instanceof ForwardUnanswered) {
    return error.jumpIsSilent
      ? new SshFailure('jump', `The jump host ${jump.name} does not answer any more.`, { cause: error })
      : new SshFailure('connect_timeout', `Nothing answered the connection to ${where} in time.`, {
          cause: error,
        });
  }
  if (!(error instanceof ForwardRefused)) {
    return new SshFailure('internal', 'The exporter failed while connecting; this is a bug.', {
      cause: error,
    });
  }
  const said = redact(error.message, 120);
  if (error.code === PROHIBITED) {
    return new SshFailure(
      'jump',
      `The jump host ${jump.name} does not let user ${jump.credential.user} connect to ${target} port ${hop.port}; see ` +
        'AllowTcpForwarding and PermitOpen in its sshd_config, and port-forwarding and permitopen= before the key in authorized_keys.',
      { cause: error },
    );
  }
  if (error.code !== CONNECT_FAILED) {
    return new SshFailure(
      'jump',
      `The jump host ${jump.name} opened no connection to ${target} port ${hop.port} (${said}).`,
      { cause: error },
    );
  }
  const [, reason, message] = SAID.find(([pattern]) => pattern.test(said)) ?? [
    undefined,
    'connect',
    'The connection to ADDRESS failed (SAID).',
  ];
  return new SshFailure(reason, message.replace('ADDRESS', where).replace('SAID', said), {
    cause: error,
  });
}
