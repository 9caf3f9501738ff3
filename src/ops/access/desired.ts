import type { Purpose } from '../../core/purpose.js';

/** How a node shall be reached: what `nodes add` and `nodes setup` bring about, and what `keys rotate` changes. */
export interface DesiredAccess {
  /** Name of the fleet, under which the node lists what is made on it. */
  readonly fleet: string;
  readonly accounts: readonly DesiredAccount[];
  readonly gate: DesiredGate;
  /** Lines of sudoers that the accounts need; empty for a node on which nothing runs as root. */
  readonly sudoers: readonly string[];
  /** Whether the account that monitors may see what only root may, for the audit. */
  readonly audit: boolean;
}

export interface DesiredAccount {
  readonly name: string;
  readonly keys: readonly DesiredKey[];
}

export interface DesiredKey {
  readonly purpose: Purpose;
  /** The whole line of authorized_keys. */
  readonly line: string;
  /** The key in that line, in base64: what tells keys apart, whatever is around them. */
  readonly blob: string;
  /** `ssh-ed25519 SHA256:…`. */
  readonly fingerprint: string;
}

export interface DesiredGate {
  /** Absolute path on the node. */
  readonly path: string;
  readonly version: string;
  /** SHA-256 of the text, in hexadecimal. */
  readonly digest: string;
  readonly text: string;
}

/** What service accounts are called in the list of accounts. */
export const ACCOUNT_COMMENT = 'pipefleet service account';

/** The file of sudoers that is a fleet's own, as a whole. */
export function sudoersPath(fleet: string): string {
  return `/etc/sudoers.d/pipefleet-${fleet}`;
}

/** The home that pipefleet gives to a service account. */
export function homeOf(account: string): string {
  return `/var/lib/${account}`;
}
