import { redact } from '../../core/redact.js';
import {
  connectFailure,
  hostKeyFailure,
  loginFailure,
  lookUpFailure,
  type SshError,
} from '../dial-failures.js';
import { refusalOf } from '../first-word.js';
import type { Hop } from '../hop.js';
import type { HostKeyVerdict, HostKnowledge } from '../known-hosts.js';
import { SshFailure } from '../ssh-failure.js';
import { lastStage } from './login-log.js';

/** Errors as the C library prints them, and what they are called in Node. */
const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  'Connection refused': 'ECONNREFUSED',
  'No route to host': 'EHOSTUNREACH',
  'Network is unreachable': 'ENETUNREACH',
  'Connection timed out': 'ETIMEDOUT',
  'Connection reset by peer': 'ECONNRESET',
  'Too many open files': 'EMFILE',
};
const TROUBLE =
  /^(?:kex_exchange_identification|ssh_dispatch_run_fatal|Unable to negotiate|Bad |Corrupted|Received disconnect|Connection (?:closed|reset|timed out|to)|Timeout,|client_loop|ssh_packet|banner exchange|Permission denied|Load key|sign_and_send|no such identity|.*: Permission denied)/;

/**
 * Why a login of OpenSSH's client ended before it was done, from what the client printed at LogLevel DEBUG1: the same reasons and
 * sentences as those of the other backend.
 *
 * @param hop the server that the client was to reach
 * @param knowledge what known_hosts says of it
 */
export function failureOfLogin(lines: readonly string[], hop: Hop, knowledge: HostKnowledge): SshFailure {
  const find = (pattern: RegExp): Record<string, string> | undefined => {
    for (const line of lines) {
      const groups = pattern.exec(line)?.groups;
      if (groups !== undefined) return groups;
    }
    return undefined;
  };
  const stage = lastStage(lines);
  const name = hop.credential.name;

  if (stage === 'resolve') {
    const setting = find(
      /^(?<file>\S.*?):? line (?<line>\d+): (?<why>Bad .*|.*[Mm]issing .*|.*[Uu]nsupported .*)$/,
    );
    const bad = find(
      /^(?<why>Bad (?:owner or permissions on|configuration option).*|.*terminating, \d+ bad configuration options)$/,
    );
    if (setting !== undefined || bad !== undefined) {
      const where = setting === undefined ? '' : ` in line ${setting['line']} of ${setting['file']}`;
      return new SshFailure(
        'credential',
        `OpenSSH does not accept the ssh_config of credential ${name} (${said(setting?.['why'] ?? bad?.['why'])}${where}); see ssh_config(5).`,
      );
    }
    const account = find(/^(?<why>No user exists for uid \d+)/);
    if (account !== undefined) {
      return new SshFailure(
        'internal',
        'OpenSSH does not run for an account that is not in the passwd file; run the exporter as one that is.',
      );
    }
  }

  const unresolved = find(/^ssh: Could not resolve hostname (?<host>.+?): (?<why>.+)$/);
  if (unresolved !== undefined) {
    return lookUpFailure(
      { ...hop, host: unresolved['host'] ?? hop.host },
      new Error(said(unresolved['why'])),
    );
  }
  const unconnected = find(/^ssh: connect to host (?<host>\S+) port (?<port>\d+): (?<why>.+)$/);
  if (unconnected !== undefined) {
    const why = said(unconnected['why']);
    return connectFailure(hop, Object.assign(new Error(why), { code: SYSTEM_ERRORS[why] ?? why }));
  }
  if (find(/^(?<why>Host key verification failed\.)/) !== undefined) return keyFailure(find, hop, knowledge);
  const greeting = find(/^debug1: kex_exchange_identification: banner line 0: (?<text>.*\S)/)?.['text'];
  const refusal = stage === 'handshake' && greeting !== undefined ? refusalOf(greeting) : undefined;
  if (refusal !== undefined) return refusal;
  if (
    find(/^(?<why>Connection timed out during banner exchange|banner exchange: .*timed out)/) !== undefined
  ) {
    return new SshFailure(
      'handshake_timeout',
      'The SSH handshake did not finish in time; is it an SSH server?',
    );
  }

  const trouble = lines.findLast((line) => TROUBLE.test(line));
  const error: SshError | undefined = trouble === undefined ? undefined : new Error(plain(trouble));
  if (stage !== 'auth' && stage !== 'ready') {
    return loginFailure(hop, 'handshake', greeting === undefined ? error : new Error(said(greeting)));
  }
  const agent = find(/^sign_and_send_pubkey: (?<why>.*(?:agent|signing failed).*)$/);
  if (agent !== undefined) return loginFailure(hop, 'auth', level('agent', said(agent['why'])));
  const key =
    find(/^Load key "(?<file>[^"]+)": (?<why>.+)$/) ?? find(/^no such identity: (?<file>[^:]+): (?<why>.+)$/);
  if (key !== undefined && find(/^debug1: (?<why>Offering public key)/) === undefined) {
    return new SshFailure('credential', `The key file ${key['file']} cannot be used (${said(key['why'])}).`);
  }
  if (find(/^(?<why>\S+: Permission denied \(|Permission denied \()/) !== undefined) {
    return loginFailure(hop, 'auth', level('client-authentication', ''));
  }
  const hungUp = find(/^(?<why>Received disconnect from|Connection closed by)/);
  return loginFailure(
    hop,
    'auth',
    hungUp === undefined
      ? level('client-socket', error?.message ?? '')
      : error && level('peer', error.message),
  );
}

function keyFailure(
  find: (pattern: RegExp) => Record<string, string> | undefined,
  hop: Hop,
  knowledge: HostKnowledge,
): SshFailure {
  const shown = find(/^debug1: Server host key: (?<key>\S+ SHA256:\S+)/)?.['key'] ?? 'a key';
  const changed = find(/^@ +WARNING: (?<why>REMOTE HOST IDENTIFICATION HAS CHANGED)/) !== undefined;
  let verdict: Exclude<HostKeyVerdict, 'known'> =
    changed || knowledge.keys.length > 0 ? 'changed' : 'unknown';
  if (find(/^@ +WARNING: (?<why>REVOKED HOST KEY DETECTED)/) !== undefined) verdict = 'revoked';
  return hostKeyFailure(hop, verdict, shown, knowledge);
}

/**
 * What the log of a client that passes bytes on (`ssh -W`) says of the server behind it.
 *
 * @returns why that server was not reached, when it was this client's server that said so
 */
export function forwardTrouble(lines: readonly string[]): string | undefined {
  for (const line of lines) {
    const why = /^channel \d+: open failed: (?<why>.+)$/.exec(line)?.groups?.['why'];
    if (why !== undefined) return said(why.replace(/^connect failed: /, ''));
  }
  return undefined;
}

/** The failure of a connection that a jump host was to open and did not. */
export function forwardFailure(jump: Hop, next: Hop, why: string, nextIsNode: boolean): SshFailure {
  const where = `${next.host} port ${next.port}`;
  if (/prohibited|denied|disabled/i.test(why)) {
    return new SshFailure(
      'jump',
      `The jump host ${jump.name} does not forward to ${where} (${why}); see AllowTcpForwarding and PermitOpen of its sshd, and permitopen= of the key.`,
    );
  }
  const sentence = `The jump host ${jump.name} cannot connect to ${where} (${why}).`;
  if (!nextIsNode) return new SshFailure('jump', sentence);
  if (/timed out/i.test(why)) return new SshFailure('connect_timeout', sentence);
  return new SshFailure(/name|resol/i.test(why) ? 'dns' : 'connect', sentence);
}

function level(stage: string, message: string): SshError {
  return Object.assign(new Error(message), { level: stage });
}

/** The part of a line that says what happened, without who says it. */
function plain(line: string): string {
  return said(
    line
      .replace(/^(?:kex_exchange_identification|client_loop|ssh_dispatch_run_fatal|banner exchange): /, '')
      .replace(/^Received disconnect from \S+(?: port \d+)?:\s*\d+: /, '')
      .replace(/^Unable to negotiate with [^:]+(?: port \d+)?: /, ''),
  );
}

function said(text: string | undefined): string {
  return redact(text ?? '', 120).trim();
}
