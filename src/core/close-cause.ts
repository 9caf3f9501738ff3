/**
 * Why a kept connection was closed, as a closed list: the `cause` label of `pipefleet_ssh_connections_closed_total`. The first
 * two are housekeeping; what is frequent among the others asks for a look at the node or the network.
 */
export const CLOSE_CAUSES = {
  idle: 'Nobody had used it for limits.idle.',
  age: 'It was older than limits.connection_age.',
  keepalive: 'The peer did not answer three keepalives in a row.',
  peer: 'The peer closed it.',
  jump: 'The connection to the jump host on its way ended.',
  error: 'The network or the protocol failed.',
  deadline: 'Something on it ran past its deadline.',
  output: 'The node printed more than the limit.',
  refused_sessions: 'The node opened no session on it any more.',
  reload: 'Nothing in the new configuration uses it.',
  shutdown: 'The exporter stopped.',
} as const satisfies Record<string, string>;

export type CloseCause = keyof typeof CLOSE_CAUSES;

/** Every cause, in the order of the table. */
export const closeCauses = Object.keys(CLOSE_CAUSES) as readonly CloseCause[];
