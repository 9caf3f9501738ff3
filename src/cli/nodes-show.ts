import { loadConfig, type LoadOptions } from '../config/load.js';
import { buildInventory } from '../inventory/inventory.js';
import type { Node } from '../inventory/node.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { findNode } from './find-node.js';
import { listNode } from './nodes-list.js';
import { printJson, printLine, type Io } from './print.js';

export interface NodesShowOptions extends LoadOptions {
  readonly configPath: string;
  readonly node: string;
  readonly json: boolean;
}

export interface NodesShowTools {
  /** Fingerprints of the host keys that are known of a node. */
  readonly knownKeysOf: (node: Node) => Promise<readonly string[]>;
}

/**
 * `pipefleet nodes show`: all that is known of a node without asking it.
 *
 * @throws {PipefleetError} `node_unknown`, or what the configuration is wrong about
 */
export async function runNodesShow(
  { stdout }: Io,
  options: NodesShowOptions,
  tools: NodesShowTools,
): Promise<ExitCode> {
  const node = findNode(buildInventory(await loadConfig(options.configPath, options)), options.node);
  const hostKeys = await tools.knownKeysOf(node);
  const shown = { ...listNode(node), hostKeys };
  if (options.json) {
    printJson(stdout, shown);
    return EXIT.ok;
  }
  const { credential, location, software } = node;
  const rows: readonly (readonly [string, string])[] = [
    ['node', node.name],
    ['address', `${node.host} port ${node.port}`],
    ...(node.addresses.length > 0 ? [['addresses', node.addresses.join(', ')] as const] : []),
    ...(node.jump.length > 0 ? [['behind', node.jump.map(({ name }) => name).join(', then ')] as const] : []),
    ['login', `${credential.user} with credential ${credential.name}, by ${credential.backend}`],
    ['host keys', hostKeys.join('\n') || 'none is known: the node is not trusted'],
    ['groups', node.groups.join(', ') || '-'],
    [
      'labels',
      Object.entries(node.labels)
        .map(([name, value]) => `${name}=${value}`)
        .join('\n') || '-',
    ],
    ['location', location === undefined ? '-' : `${location.latitude}, ${location.longitude}`],
    [
      'ports',
      `http ${software.httpPort}, https ${software.httpsPort}, control ${software.controlPort}, metrics ${software.metricsPort}, lattice ${software.latticePort}`,
    ],
  ];
  for (const [name, value] of rows)
    printLine(stdout, `${name.padEnd(11)}${value.replaceAll('\n', `\n${' '.repeat(11)}`)}`);
  return EXIT.ok;
}
