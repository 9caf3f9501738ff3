import type { Credential, Node } from '../../inventory/node.js';
import { sketchCredential, sketchNode } from '../../inventory/testing/sketches.js';

/** What a test says of a node; the rest is filled in. */
export interface NodeSketch {
  readonly name?: string;
  readonly host?: string;
  readonly port: number;
  readonly user?: string;
  readonly keyFile?: string;
  readonly agent?: string;
  readonly passphrase?: { readonly file: string } | { readonly environment: string };
  readonly knownHosts: string;
  /** Other parts of the node. */
  readonly parts?: Partial<Node>;
  /** Other parts of its credential. */
  readonly credential?: Partial<Credential>;
}

/** A node as the inventory would give it. */
export function makeNode(sketch: NodeSketch): Node {
  return sketchNode({
    name: sketch.name ?? 'fra-1',
    host: sketch.host ?? '127.0.0.1',
    port: sketch.port,
    credential: sketchCredential({
      user: sketch.user ?? 'pipefleet',
      keyFile: sketch.keyFile,
      agent: sketch.agent,
      passphrase: sketch.passphrase,
      ...sketch.credential,
    }),
    knownHosts: [sketch.knownHosts],
    ...sketch.parts,
  });
}
