import type { Purpose } from '../../core/purpose.js';

/** How a node shall be reached: what `nodes add` and `nodes setup` bring about, and what `keys rotate` changes. */
export interface DesiredAccess {
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
  /** The key as it stands in that line, in base64: what tells keys apart, whatever stands around them. */
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

/** What tells an account that pipefleet has made from any other: only such a one is ever changed or removed unasked. */
export const ACCOUNT_COMMENT = 'pipefleet service account';

/** The file of sudoers that is pipefleet's own, as a whole. */
export const SUDOERS_FILE = '/etc/sudoers.d/pipefleet';

/** The home that pipefleet gives to a service account. */
export function homeOf(account: string): string {
  return `/var/lib/${account}`;
}
