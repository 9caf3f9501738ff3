import type { Node } from '../inventory/node.js';
import { dial, type DialOptions } from './dial.js';
import type { NodeConnection } from './node-connection.js';
import { opensshDialler } from './openssh/dial-openssh.js';

const dialOpenssh = opensshDialler();

/**
 * Makes one connection to a node by whatever its credential says speaks SSH. Every backend is chosen here, and nowhere else.
 *
 * @throws {SshFailure} whose reason says how far it came
 */
export function connectNode(node: Node, options: DialOptions): Promise<NodeConnection> {
  return node.credential.backend === 'openssh' ? dialOpenssh(node, options) : dial(node, options);
}
