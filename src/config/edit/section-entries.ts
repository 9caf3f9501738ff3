/** A credential as it is written to pipefleet.yml. */
export interface CredentialEntry {
  readonly user: string;
  readonly purpose?: string | undefined;
  readonly key_file?: string | undefined;
  readonly agent?: true | string | undefined;
  readonly passphrase_file?: string | undefined;
  readonly passphrase_env?: string | undefined;
  readonly from?: string | readonly string[] | undefined;
  readonly backend?: string | undefined;
  readonly certificate_file?: string | undefined;
  readonly ssh_config?: string | undefined;
}

/** A jump host as it is written to pipefleet.yml. */
export interface JumpHostEntry {
  readonly host: string;
  readonly port?: number | undefined;
  readonly credential?: string | undefined;
  readonly via?: string | undefined;
  readonly concurrent_dials?: number | undefined;
}

/** What changes about a credential. A key that is left out stays; null takes it away. */
export type CredentialChange = {
  readonly [Key in keyof CredentialEntry]?: CredentialEntry[Key] | null;
};

/** The keys of a credential in the order in which they are written. */
export const CREDENTIAL_KEYS = [
  'user',
  'purpose',
  'key_file',
  'agent',
  'passphrase_file',
  'passphrase_env',
  'from',
  'backend',
  'certificate_file',
  'ssh_config',
];
