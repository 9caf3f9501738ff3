import { SUDOERS } from '../../collectors/audit/privilege.js';
import type { Config } from '../../config/config.js';
import { keyLine } from '../../gate/key-line.js';
import { GATE_PATH } from '../../gate/protocol.js';
import type { Gates } from '../../gate/gates.js';
import { sudoersLines } from '../../gate/sudoers.js';
import type { Credential, Node } from '../../inventory/node.js';
import type { DesiredAccess, DesiredAccount, DesiredKey } from '../access/desired.js';

/** The public half of a key. */
export interface PublicKey {
  /** One line as in a `.pub` file. */
  readonly line: string;
  /** The key as it stands in that line, in base64. */
  readonly blob: string;
  /** `ssh-ed25519 SHA256:…`. */
  readonly fingerprint: string;
}

export interface DesiredOptions {
  readonly config: Pick<Config, 'credentials' | 'jumpHosts' | 'nodes'>;
  readonly version: string;
  readonly gates: Gates;
  /** @throws {PipefleetError} when the key cannot be read */
  readonly publicKeysOf: (credential: Credential) => Promise<readonly PublicKey[]>;
  readonly audit: boolean;
  /** Under which nodes list what is made on them. */
  readonly fleet: string;
}

/**
 * The credentials whose keys a node takes: its own for monitoring, and every one of another purpose but those of jump hosts. So the configuration says
 * all there is, and setting a node up twice is the same as once.
 */
export function credentialsFor(
  node: Pick<Node, 'name'>,
  config: DesiredOptions['config'],
): readonly Credential[] {
  const monitor = config.nodes.find(({ name }) => name === node.name)?.credential;
  const onTheWay = new Set([...config.jumpHosts.values()].map(({ credential }) => credential.name));
  const others = [...config.credentials.values()].filter(
    ({ purpose, name }) => purpose !== 'monitor' && !onTheWay.has(name),
  );
  return monitor === undefined ? others : [monitor, ...others];
}

/** The service accounts that a node has, without repetition. */
export function accountsFor(node: Pick<Node, 'name'>, config: DesiredOptions['config']): readonly string[] {
  return [...new Set(credentialsFor(node, config).map(({ user }) => user))];
}

/**
 * What a node shall have by the configuration.
 *
 * @param units of the node software that were found on the node
 * @throws {PipefleetError} `key_unusable` and what else `publicKeysOf` throws
 */
export async function desiredFor(
  node: Node,
  units: readonly string[],
  { config, version, gates, publicKeysOf, audit, fleet }: DesiredOptions,
): Promise<DesiredAccess> {
  const { text, digest } = gates(node);
  const accounts: DesiredAccount[] = [];
  const sudoers = new Set(audit ? [SUDOERS] : []);
  for (const user of accountsFor(node, config)) {
    const credentials = credentialsFor(node, config).filter((credential) => credential.user === user);
    const keys: DesiredKey[] = [];
    for (const credential of credentials) keys.push(...(await keysOf(credential, publicKeysOf)));
    accounts.push({ name: user, keys });
    const purposes = credentials.map(({ purpose }) => purpose);
    for (const line of sudoersLines(user, purposes, units)) sudoers.add(line);
  }
  return {
    fleet,
    accounts,
    gate: { path: GATE_PATH, version, digest, text },
    sudoers: [...sudoers],
    audit,
  };
}

async function keysOf(
  credential: Credential,
  publicKeysOf: DesiredOptions['publicKeysOf'],
): Promise<DesiredKey[]> {
  const { purpose, from } = credential;
  return (await publicKeysOf(credential)).map(({ line, blob, fingerprint }) => ({
    purpose,
    line: keyLine({ purpose, publicKey: line, from }),
    blob,
    fingerprint,
  }));
}
