import { DEFAULT_SOFTWARE } from '../../core/software.js';
import type { JumpHost } from '../../config/config.js';
import type { Credential, Node } from '../node.js';

/** A credential as the configuration would give it, for tests. */
export function sketchCredential(parts: Partial<Credential> = {}): Credential {
  return {
    name: 'monitor',
    user: 'pipefleet',
    purpose: 'monitor',
    from: [],
    backend: 'ssh2',
    certificateFile: undefined,
    sshConfig: undefined,
    keyFile: '/keys/monitor',
    passphrase: undefined,
    agent: undefined,
    ...parts,
  };
}

/** A node as the inventory would give it, for tests. */
export function sketchNode(parts: Partial<Node> = {}): Node {
  return {
    name: 'fra-1',
    host: '192.0.2.1',
    port: 22,
    addresses: [],
    jump: [],
    credential: sketchCredential(),
    groups: [],
    labels: {},
    location: undefined,
    software: DEFAULT_SOFTWARE,
    knownHosts: ['/known_hosts'],
    ...parts,
  };
}

/** A jump host as the configuration would give it, for tests. */
export function sketchJumpHost(parts: Partial<JumpHost> = {}): JumpHost {
  return {
    name: 'bastion',
    host: 'bastion.example.net',
    port: 22,
    credential: sketchCredential({ name: 'jump' }),
    via: [],
    concurrentDials: 16,
    ...parts,
  };
}
