import type { Config } from '../config/config.js';
import type { Node } from './node.js';
import { createShards, type Shard } from './shard.js';

/** The nodes of one configuration. Immutable: a reload builds a new one. */
export interface Inventory {
  /** In the order of the configuration. */
  readonly nodes: readonly Node[];
  readonly size: number;
  /** The node of that name, or undefined. */
  get(name: string): Node | undefined;
  /** The nodes of one shard, in order. */
  part(shard: Shard): Promise<readonly Node[]>;
}

/** The nodes of a checked configuration, whose names are unique. */
export function buildInventory(config: Pick<Config, 'nodes' | 'knownHosts'>): Inventory {
  const nodes = config.nodes.map((node): Node => ({ ...node, knownHosts: config.knownHosts }));
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const shards = createShards(nodes.map(({ name }) => name));
  return {
    nodes,
    size: nodes.length,
    get: (name) => byName.get(name),
    part: async ({ index, of }) => {
      const shardOf = await shards(of);
      return nodes.filter((_node, at) => shardOf[at] === index);
    },
  };
}
