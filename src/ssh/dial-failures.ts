import { abortReason } from '../core/deadline.js';
import { codeOf, messageOf } from '../core/errors.js';
import type { ExecPhase } from '../core/exec.js';
import type { FailureReason } from '../core/failure.js';
import { redact } from '../core/redact.js';
import { quote } from '../core/shell.js';
import { JumpLost } from './channel-wire.js';
import type { Hop } from './hop.js';
import { fingerprint } from './host-key.js';
import type { HostKeyVerdict, HostKnowledge } from './known-hosts.js';
import type { PhaseClock } from './phase-clock.js';
import { SshFailure } from './ssh-failure.js';

const TIMEOUTS: Partial<Record<ExecPhase, readonly [FailureReason, string]>> = {
  queue: ['queue_timeout', 'No place for another login became free in time; see limits.concurrent_logins.'],
  resolve: ['dns', 'The resolver did not answer in time.'],
  connect: ['connect_timeout', 'Nothing answered the connection in time.'],
  handshake: [
    'handshake_timeout',
    'The SSH handshake did not finish in time; is it an SSH server, and has it memory and CPU to answer?',
  ],
};

/** The failure of a dial, or of a wait for one, that was aborted where its clock stands. */
export function dialAborted(
  { current, jump }: Pick<PhaseClock, 'current' | 'jump'>,
  signal: AbortSignal,
): SshFailure {
  if (abortReason(signal) === 'cancelled')
    return new SshFailure('cancelled', 'Nobody wants the connection any more.');
  if (jump !== undefined) {
    return current === 'queue'
      ? new SshFailure(
          'queue_timeout',
          `No place for another connection through the jump host ${jump} became free in time; see its concurrent_dials.`,
        )
      : new SshFailure('jump', `The jump host ${jump} was not reached in time.`);
  }
  const [reason, message] = TIMEOUTS[current] ?? [
    'handshake_timeout',
    'The SSH login did not finish in time.',
  ];
  return new SshFailure(reason, message);
}

/** The failure of a look-up of the host's name. */
export function lookUpFailure(hop: Hop, error: unknown): SshFailure {
  return new SshFailure(
    'dns',
    `The host name ${hop.host} cannot be resolved (${codeOf(error) ?? messageOf(error)}).`,
    {
      cause: error,
    },
  );
}

const NO_DESCRIPTORS = [
  'internal',
  'The exporter has no file descriptor left; raise LimitNOFILE or ulimit -n.',
] as const;

const CONNECT_ERRORS: Record<string, readonly [FailureReason, string]> = {
  ECONNREFUSED: ['connect', 'The connection to ADDRESS was refused; is sshd running and the port right?'],
  EHOSTUNREACH: ['connect', 'The host ADDRESS is unreachable.'],
  ENETUNREACH: ['connect', 'The network of ADDRESS is unreachable.'],
  ETIMEDOUT: ['connect_timeout', 'Nothing answered the connection in time.'],
  ECONNRESET: ['connect', 'The connection to ADDRESS was reset.'],
  EMFILE: NO_DESCRIPTORS,
  ENFILE: NO_DESCRIPTORS,
};

/** The failure of a TCP connection to a hop. */
export function connectFailure(hop: Pick<Hop, 'host' | 'port'>, error: NodeJS.ErrnoException): SshFailure {
  const code = error.code ?? error.message;
  const [reason, message] = CONNECT_ERRORS[code] ?? ['connect', `The connection failed (${code}).`];
  return new SshFailure(reason, message.replace('ADDRESS', `${hop.host} port ${hop.port}`), {
    cause: error,
  });
}

/** What ssh2 throws and emits: `level` says at which stage. */
export type SshError = Error & { readonly level?: string; readonly code?: string | number };

/**
 * The failure for a host key that is not to be trusted, with the way to mend it.
 *
 * @param shown fingerprint of the key that the host presents
 */
export function hostKeyFailure(
  hop: Hop,
  verdict: Exclude<HostKeyVerdict, 'known'>,
  shown: string,
  knowledge: HostKnowledge,
): SshFailure {
  switch (verdict) {
    case 'unknown':
      return new SshFailure(
        'host_key_unknown',
        `The host key is in no known_hosts file. The host presents ${shown}; compare that with the node's own ` +
          `(ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub there), then add ${scanOf(hop)}`,
      );
    case 'changed':
      return new SshFailure(
        'host_key_changed',
        `The host key has CHANGED. The host presents ${shown}, known_hosts has ${knowledge.keys.map(fingerprint).join(' and ')}. ` +
          `Somebody may be answering in its place; if the node was reinstalled, remove the old key with: ssh-keygen -f ${quote(hop.knownHosts[0] ?? 'known_hosts')} -R ${quote(knownName(hop))}`,
      );
    case 'revoked':
      return new SshFailure('host_key_revoked', `The host key ${shown} is marked @revoked in known_hosts.`);
  }
}

function scanOf(hop: Hop): string {
  const file = quote(hop.knownHosts[0] ?? 'known_hosts');
  const scan = `ssh-keyscan -p ${hop.port} ${hop.host}`;
  const jump = hop.jump.at(-1)?.name;
  return jump === undefined
    ? `it with: ${scan} >> ${file}`
    : `to ${file} what this prints on the jump host ${jump}: ${scan}`;
}

function knownName(hop: Hop): string {
  return hop.port === 22 ? hop.host : `[${hop.host}]:${hop.port}`;
}

/**
 * The failure of a handshake or login.
 *
 * @param hop undefined when the peer hung up before a login was tried
 * @param error what ssh2 said; undefined when the peer just closed the connection
 */
export function loginFailure(
  hop: Hop | undefined,
  phase: ExecPhase,
  error: SshError | undefined,
): SshFailure {
  const options = error === undefined ? {} : { cause: error };
  if (error instanceof JumpLost) return jumpLostFailure(error);
  const said = error === undefined ? '' : ` (${redact(error.message, 120)})`;
  if (error?.level === 'agent') return new SshFailure('credential', `The ssh-agent failed${said}.`, options);
  if (phase !== 'auth') {
    return new SshFailure(
      'handshake',
      `The peer broke off before the SSH handshake was done${said}; is it an SSH server?`,
      options,
    );
  }
  if (error?.level === 'client-socket') {
    return new SshFailure('handshake', `The connection broke during the login${said}.`, options);
  }
  if (error !== undefined && isUnreadable(error)) {
    return new SshFailure('handshake', `What arrived during the login cannot be read${said}.`, options);
  }
  // A peer that hangs up on a login has refused it, whatever it calls that.
  const { name = '', user = '' } = hop?.credential ?? {};
  const how = error?.level === 'client-authentication' ? '' : ` by hanging up${said}`;
  const mend =
    hop?.credential.certificateFile === undefined
      ? "is its public key in that user's authorized_keys?"
      : 'is its certificate still valid, and the authority that signed it in TrustedUserCAKeys?';
  return new SshFailure(
    'auth',
    `The login of user ${user} with credential ${name} was refused${how}; ${mend}`,
    options,
  );
}

/**
 * Whether bytes were not what SSH allows, such as a wrong MAC: ssh2 throws that without a level and a code, or with the level
 * `protocol`. A peer's own goodbye has a code there, and the level `peer` where OpenSSH's client tells of it.
 */
function isUnreadable({ level, code }: SshError): boolean {
  return level === 'protocol' || (level === undefined && code === undefined);
}

/** The failure of whatever was under way through a jump host whose connection ended. */
export function jumpLostFailure(error: JumpLost): SshFailure {
  return new SshFailure('jump', `${error.message.replace(/^t/, 'T')}.`, { cause: error });
}
