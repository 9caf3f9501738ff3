import type { Credential, JumpHost, Module, NodeConfig } from '../config/config.js';

export type { Credential, JumpHost, Module };

/** One target: everything that is needed to reach a node and to tell its series apart. */
export interface Node extends NodeConfig {
  /** Absolute paths of the known_hosts files that may vouch for it. */
  readonly knownHosts: readonly string[];
}
