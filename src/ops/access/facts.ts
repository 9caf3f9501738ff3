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
  /** Accounts by name, of those that were asked for and those of the fleet's manifest. */
  readonly accounts: ReadonlyMap<string, AccountFacts>;
  /** Members of groups by name, of those groups that were asked for and exist; those whose own group it is too. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** What is at the paths that were asked for, at manifests, and at and below the homes of accounts. */
  readonly places: ReadonlyMap<string, PlaceFacts>;
  /** What sshd would use for a login of each account, by lower-case keyword; undefined when sshd does not say. */
  readonly sshd: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;
  /** The account that was logged in with and became root by sudo; undefined for root itself. */
  readonly login: string | undefined;
  /** Absolute paths from which sshd reads keys of each account, besides its .ssh/authorized_keys. */
  readonly further: ReadonlyMap<string, readonly string[]>;
  /** Generations of the node software that were found on it. */
  readonly generations: readonly string[];
  /** Units that may run the node software, such as `popcache.service`. */
  readonly units: readonly string[];
}

export interface AccountFacts {
  readonly uid: number;
  readonly gid: number;
  /** Its own group has its name, and no other account is in it. */
  readonly private: boolean;
  readonly comment: string;
  readonly home: string;
  readonly shell: string;
  /** `none` begins with a star, with which a key may log in and a password never; a `locked` account is refused by an sshd without PAM. */
  readonly password: 'none' | 'locked' | 'empty' | 'set' | 'unknown';
}

/** What is at a path. No link was followed to it. */
export interface PlaceFacts {
  /** `unsafe` is a place that others than root could change while root looks, or that root must not read: nothing else is known of it. */
  readonly what: 'folder' | 'file' | 'link' | 'other' | 'none' | 'unsafe';
  /** What is wrong with an unsafe place, as a sentence without its end; else empty. */
  readonly why: string;
  /** Permission bits, in octal as `stat` prints them. */
  readonly mode: string;
  /** Numbers of owner and group, such as `0:0`. */
  readonly owner: string;
  /** Whether an access list goes beyond the mode; false where that was not asked. */
  readonly acl: boolean;
  /** Bytes; 0 for what is no file. */
  readonly size: number;
  /** Text of a file; undefined for anything else, and for a file that an account could change meanwhile. */
  readonly text: string | undefined;
  /** Names of what is in a folder of set-up's and was not put there by set-up; at most a few. */
  readonly holds: readonly string[];
}
