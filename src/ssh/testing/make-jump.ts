import type { JumpHost } from '../../inventory/node.js';
import { sketchCredential } from '../../inventory/testing/sketches.js';

/** What a test says of a jump host; the rest is filled in. */
export interface JumpSketch {
  readonly name?: string;
  readonly address?: string;
  readonly port: number;
  readonly keyFile: string;
  readonly concurrentDials?: number;
}

/** A jump host as the configuration would give it. */
export function makeJump({ name, address, port, keyFile, concurrentDials }: JumpSketch): JumpHost {
  return {
    name: name ?? 'bastion',
    host: address ?? '127.0.0.1',
    port,
    credential: sketchCredential({ name: 'jump', keyFile }),
    via: [],
    concurrentDials: concurrentDials ?? 16,
  };
}
