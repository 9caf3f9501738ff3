import type { Credential, JumpHost } from './config.js';
import { jumpChain } from './jump-chain.js';
import type { WrittenJump, WrittenJumpHost } from './written-jump.js';

export interface NormalizedJumps {
  /** In the order of the file. */
  readonly jumpHosts: ReadonlyMap<string, JumpHost>;
  /** The whole way for what a node or `defaults` has as `jump`. Ways that begin alike share their jump hosts. */
  readonly wayOf: (jump: WrittenJump) => readonly JumpHost[];
}

/** The jump hosts of a written configuration that broke no rule. */
export function normalizeJumps(
  written: Readonly<Record<string, WrittenJumpHost>>,
  credentialOf: (name: string | undefined) => Credential,
): NormalizedJumps {
  const made = new Map<string, readonly JumpHost[]>();
  const wayThrough = (chain: readonly string[]): readonly JumpHost[] => {
    const name = chain.at(-1);
    const host = name === undefined ? undefined : written[name];
    if (name === undefined || host === undefined) return [];
    const id = chain.join(' ');
    const earlier = made.get(id);
    if (earlier !== undefined) return earlier;
    const via = wayThrough(chain.slice(0, -1));
    const { concurrent_dials: concurrentDials, port } = host;
    const credential = credentialOf(host.credential);
    const way = [...via, { name, host: host.host, port, credential, via, concurrentDials }];
    made.set(id, way);
    return way;
  };
  const wayOf = (jump: WrittenJump): readonly JumpHost[] =>
    wayThrough(jumpChain([jump].flat(), (name) => written[name]?.via).chain);
  const jumpHosts = new Map<string, JumpHost>();
  for (const name of Object.keys(written)) {
    const host = wayOf(name).at(-1);
    if (host !== undefined) jumpHosts.set(name, host);
  }
  return { jumpHosts, wayOf };
}
