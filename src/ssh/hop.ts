import type { Credential, JumpHost, Node } from '../inventory/node.js';

/** One SSH server on the way to a node, or the node itself: what a dial needs to know of it. */
export type Hop = Pick<Node, 'name' | 'host' | 'port' | 'addresses' | 'jump' | 'credential' | 'knownHosts'>;

/**
 * The last jump host of a chain as a hop behind the others. The files that vouch for the node vouch for it too.
 *
 * @param chain not empty
 */
export function lastHop(chain: readonly JumpHost[], knownHosts: readonly string[]): Hop {
  const jump = chain.at(-1);
  if (jump === undefined) throw new RangeError('A chain without a jump host has no last hop.');
  const { name, host, port, credential } = jump;
  return { name, host, port, credential, addresses: [], jump: chain.slice(0, -1), knownHosts };
}

/** Every jump host on the way, the first to connect to first, each once: those that a node names and those before them. */
export function chainOf(jump: readonly JumpHost[]): readonly JumpHost[] {
  const chain: JumpHost[] = [];
  for (const host of jump) {
    for (const hop of [...chainOf(host.via), host]) {
      if (!chain.some(({ name }) => name === hop.name)) chain.push(hop);
    }
  }
  return chain;
}

/** Hops whose keys are equal are reached in the same way, jump hosts included, and may share a connection. */
export function hopKey({ host, port, addresses, credential, jump, knownHosts }: Hop): string {
  return JSON.stringify([
    host,
    port,
    addresses,
    loginOf(credential),
    chainOf(jump).map((hop) => [hop.host, hop.port, loginOf(hop.credential)]),
    knownHosts,
  ]);
}

function loginOf({
  user,
  backend,
  keyFile,
  certificateFile,
  sshConfig,
  agent,
  passphrase,
}: Credential): unknown {
  return [user, backend, keyFile, certificateFile, sshConfig, agent, passphrase];
}
