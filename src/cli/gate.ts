import type { Config } from '../config/config.js';
import { loadConfig, type LoadOptions } from '../config/load.js';
import { buildInventory } from '../inventory/inventory.js';
import type { Node } from '../inventory/node.js';
import { selectNodes } from '../inventory/selector.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { findNode } from './find-node.js';
import { printLine, type Io } from './print.js';

/** What the commands need of the layers below them; the composition root hands it in. */
export interface GateTools {
  /** The gates of a configuration: text, and SHA-256 in hexadecimal. */
  readonly gatesOf: (config: Config) => (node: Node) => { readonly text: string; readonly digest: string };
}

/**
 * `pipefleet gate show NODE`: the gate that this pipefleet would install on a node, byte for byte, to be read or compared. Asks no node.
 *
 * @throws {PipefleetError} `node_unknown` or what the configuration is wrong about
 */
export async function runGateShow(
  { stdout }: Io,
  options: LoadOptions & { readonly configPath: string; readonly node: string },
  { gatesOf }: GateTools,
): Promise<ExitCode> {
  const config = await loadConfig(options.configPath, options);
  stdout.write(gatesOf(config)(findNode(buildInventory(config), options.node)).text);
  return EXIT.ok;
}

/**
 * `pipefleet gate digest [SELECTOR…]`: what sha256sum(1) prints of the file on each node when it is as it should be, and the name of the
 * node. Asks no node.
 *
 * @throws {PipefleetError} `usage`, `node_unknown` or what the configuration is wrong about
 */
export async function runGateDigest(
  { stdout }: Io,
  options: LoadOptions & { readonly configPath: string; readonly selectors: readonly string[] },
  { gatesOf }: GateTools,
): Promise<ExitCode> {
  const config = await loadConfig(options.configPath, options);
  const gates = gatesOf(config);
  for (const node of selectNodes(buildInventory(config), options.selectors)) {
    printLine(stdout, `${gates(node).digest}  ${node.name}`);
  }
  return EXIT.ok;
}
