/** What a machine says of itself before anything is changed on it, in the words of the plan. */
export interface MachineFacts {
  /** Distribution and its version, as /etc/os-release names them; empty when it has no such file. */
  readonly os: string;
  /** Release of the kernel. */
  readonly kernel: string;
  /** Hardware name of the kernel, such as x86_64. */
  readonly machine: string;
  /** Programs that are there, of those that a plan may need. */
  readonly programs: ReadonlySet<string>;
  /** Accounts by name, of those that were asked for. */
  readonly accounts: ReadonlyMap<string, AccountFacts>;
  /** Members of groups by name, of those groups that were asked for and exist; those whose own group it is are not named. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** Files and folders by path, of those that were asked for. */
  readonly files: ReadonlyMap<string, FileFacts>;
  /** What sshd would use for a login of each account, by lower-case keyword; undefined when sshd does not say. */
  readonly sshd: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;
  /** Generations of the node software that stand on it. */
  readonly generations: readonly string[];
  /** Units that may run the node software, such as `popcache.service`. */
  readonly units: readonly string[];
}

export interface AccountFacts {
  readonly uid: number;
  readonly gid: number;
  readonly comment: string;
  readonly home: string;
  readonly shell: string;
  /** `none` is a star, with which a key may log in and a password never; a `locked` account is refused by an sshd without PAM. */
  readonly password: 'none' | 'locked' | 'empty' | 'set' | 'unknown';
}

export interface FileFacts {
  /** Permission bits, in octal as `stat` prints them. */
  readonly mode: string;
  readonly owner: string;
  /** Its text; undefined for a folder. */
  readonly text: string | undefined;
}
