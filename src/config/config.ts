import type { Purpose } from '../core/purpose.js';
import type { SoftwareSettings } from '../core/software.js';

/** What speaks SSH: `ssh2` inside the process, or the system's own OpenSSH client. */
export const BACKENDS = ['ssh2', 'openssh'] as const;
export type Backend = (typeof BACKENDS)[number];

/**
 * How to log in. It names where a secret lies; it never holds one. With the backend `ssh2` exactly one of `keyFile` and `agent`
 * is set; with `openssh` both may be missing when `sshConfig` says how to log in.
 */
export interface Credential {
  readonly name: string;
  readonly user: string;
  /** What the key may be used for on a node. */
  readonly purpose: Purpose;
  /** Addresses, in the patterns of `from=` of sshd(8), that the key may be used from; empty for everywhere. */
  readonly from: readonly string[];
  readonly backend: Backend;
  /** Absolute path of an OpenSSH certificate for the key; with the backend `openssh` only. */
  readonly certificateFile: string | undefined;
  /** Absolute path of a file in the format of ssh_config(5) that OpenSSH reads too; with the backend `openssh` only. */
  readonly sshConfig: string | undefined;
  /** Absolute path of a private key file. */
  readonly keyFile: string | undefined;
  /** Where the passphrase of the key lies, when it has one. */
  readonly passphrase: { readonly file: string } | { readonly environment: string } | undefined;
  /** Absolute path of an ssh-agent's socket. */
  readonly agent: string | undefined;
}

/** A set of collectors that a Prometheus job asks for at an interval of its own. */
export interface Module {
  readonly name: string;
  /** Names from the collector registry, in registry order, at least one. */
  readonly collectors: readonly string[];
  /** Upper bound for one probe, in seconds. The scraper's own timeout lowers it further. */
  readonly timeoutSeconds: number;
  /** Scrape interval that `/sd` asks Prometheus for, in seconds; undefined leaves it to the scrape job. */
  readonly intervalSeconds: number | undefined;
  /** The answer of a successful probe is given to other scrapers too until it is so old, in seconds; 0 for never. */
  readonly shareSeconds: number;
}

/** Bounds on what the exporter does at once, how long it waits and how much it reads. */
export interface Limits {
  /** Probes that may run at once; past it `/probe` answers 503. */
  readonly concurrentProbes: number;
  /** Logins that may be under way at once; a peer that does not answer takes no place. */
  readonly concurrentLogins: number;
  /** Bound on making one connection, from look-up to login, in seconds. */
  readonly dialTimeoutSeconds: number;
  /** Pause between keepalive messages on an idle connection, in seconds. */
  readonly keepaliveSeconds: number;
  /** A connection that nobody used for so long is closed, in seconds. */
  readonly idleSeconds: number;
  /** A connection older than this is replaced, in seconds. */
  readonly connectionAgeSeconds: number;
  /** Bytes that one probe may read from a node. */
  readonly outputBytes: number;
  /** Taken off the scraper's timeout so that the answer still arrives, in seconds. */
  readonly timeoutOffsetSeconds: number;
  /** How long running probes may go on after SIGTERM, in seconds. */
  readonly shutdownSeconds: number;
}

/** A machine on the way to nodes that cannot be reached directly. Its own host key is verified like that of a node. */
export interface JumpHost {
  readonly name: string;
  /** Host name or IP address; never with brackets. */
  readonly host: string;
  readonly port: number;
  readonly credential: Credential;
  /** The jump hosts before this one, the first to connect to first; empty when it is reached directly. */
  readonly via: readonly JumpHost[];
  /** Connections that may be opened through it at once; those that are open do not count. */
  readonly concurrentDials: number;
}

export interface NodeConfig {
  readonly name: string;
  /** Host name or IP address; never with brackets. Its host key is known under this name. */
  readonly host: string;
  readonly port: number;
  /** IP addresses to try in this order instead of looking the host up; empty to look it up. */
  readonly addresses: readonly string[];
  /**
   * The jump hosts on the way, the first to connect to first; empty when the node is reached directly. The `via` of each is what
   * comes before it here, also where the way of the node is another than the one of the jump host itself.
   */
  readonly jump: readonly JumpHost[];
  readonly credential: Credential;
  readonly groups: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly location: { readonly latitude: number; readonly longitude: number } | undefined;
  readonly software: SoftwareSettings;
}

/** What code reads: complete, normalized, immutable. A reload makes a new one. */
export interface Config {
  /** Absolute path of the file that it came from. */
  readonly path: string;
  readonly listen: { readonly host: string; readonly port: number };
  /** `host:port` under which Prometheus reaches the exporter, when the request itself does not tell. */
  readonly externalAddress: string | undefined;
  /** Under which nodes list what was made on them for this configuration; undefined before the first was set up. */
  readonly fleetId: string | undefined;
  /** Absolute paths of known_hosts files; a key may stand in any of them. */
  readonly knownHosts: readonly string[];
  readonly credentials: ReadonlyMap<string, Credential>;
  readonly jumpHosts: ReadonlyMap<string, JumpHost>;
  /** Never empty: `node` is built in. */
  readonly modules: ReadonlyMap<string, Module>;
  readonly limits: Limits;
  /** In the order of the file; names are unique. */
  readonly nodes: readonly NodeConfig[];
}
