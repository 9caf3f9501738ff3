/**
 * Why a probe failed, as a closed list: the `reason` label of `probe_failure_reason`, the words of the landing page
 * and the keys of the runbooks. A value that is not listed here cannot reach a user.
 *
 * Each reason answers one question of the operator: what must I mend, and where?
 */
export const FAILURE_REASONS = {
  none: 'The probe succeeded.',
  queue_timeout: 'The deadline passed while the probe waited for a free place in the exporter.',
  credential: 'The key or agent of the node could not be used.',
  known_hosts: 'The known_hosts file could not be read.',
  jump: 'A jump host on the way could not be used.',
  dns: 'The host name could not be resolved.',
  connect: 'The TCP connection was refused, reset or unreachable.',
  connect_timeout: 'Nothing answered the TCP connection in time.',
  handshake: 'What answered is not a usable SSH server.',
  handshake_timeout: 'The SSH handshake did not finish in time.',
  host_key_unknown: 'The host key is in no known_hosts file.',
  host_key_changed: 'The host key differs from the one in known_hosts.',
  host_key_revoked: 'The host key is marked @revoked in known_hosts.',
  auth: 'The node refused the key.',
  penalty: 'The node shuts this address out for a while.',
  channel: 'The node refused to open a session.',
  connection_lost: 'The connection broke while the command ran.',
  command_timeout: 'The command did not finish in time.',
  command: 'The command ended before it had printed everything.',
  output: 'The command printed more than the limit, or not what was asked.',
  parse: 'No collector could read its part of the output.',
  cancelled: 'The scraper hung up before the probe ended.',
  internal: 'The exporter itself failed.',
} as const satisfies Record<string, string>;

export type FailureReason = keyof typeof FAILURE_REASONS;

/** Every reason, in the order of the table. */
export const failureReasons = Object.keys(FAILURE_REASONS) as readonly FailureReason[];
