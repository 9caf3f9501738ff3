import type { Node } from '../../inventory/node.js';
import { DEFAULT_SOFTWARE } from '../../core/software.js';

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
}

/** A node as the inventory would give it. */
export function makeNode(sketch: NodeSketch): Node {
  return {
    name: sketch.name ?? 'fra-1',
    host: sketch.host ?? '127.0.0.1',
    port: sketch.port,
    credential: {
      name: 'monitor',
      user: sketch.user ?? 'pipefleet',
      keyFile: sketch.keyFile,
      agent: sketch.agent,
      passphrase: sketch.passphrase,
    },
    groups: [],
    labels: {},
    location: undefined,
    software: DEFAULT_SOFTWARE,
    knownHosts: [sketch.knownHosts],
  };
}
