/** What is wrong with some simulated nodes for good, so that an inventory and an audit have something to show. */
export type Blemish =
  /** The node software was never updated. */
  | 'older_version'
  /** Nobody rotates the log of the node software. */
  | 'growing_log'
  /** sshd lets root in, with a password. */
  | 'root_login'
  /** The identity of the node was never backed up. */
  | 'no_backup'
  /** The certificate is renewed at the last moment only. */
  | 'late_certificate';

/** Blemishes by place; most nodes have none, and neighbours are never both affected. */
const BY_PLACE: readonly (Blemish | undefined)[] = [
  undefined,
  'older_version',
  undefined,
  'growing_log',
  undefined,
  'root_login',
  undefined,
  'no_backup',
  undefined,
  'late_certificate',
  undefined,
  undefined,
];

/** The blemish of a node of a fleet, by its position from 0: five of the first twelve nodes have one each. */
export function blemishAt(position: number): Blemish | undefined {
  return BY_PLACE[position % BY_PLACE.length];
}
