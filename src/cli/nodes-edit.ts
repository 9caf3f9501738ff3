import { loadConfig, type LoadOptions } from '../config/load.js';
import { PipefleetError } from '../core/errors.js';
import { count } from '../core/text.js';
import { buildInventory } from '../inventory/inventory.js';
import type { NodeSets } from '../inventory/node-sets.js';
import { selectNodes } from '../inventory/selector.js';
import type { ConfigEditor, NodeChange } from './config-editor.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { printLine, type Io } from './print.js';

export interface NodesEditOptions extends LoadOptions {
  readonly configPath: string;
  readonly selectors: readonly string[];
  readonly change: NodeChange;
  readonly dryRun: boolean;
}

export interface NodesEditTools {
  readonly editor: Pick<ConfigEditor, 'changeNodes' | 'planConfigChange' | 'updateConfigFile' | 'diffLines'>;
  readonly setsFor: (configPath: string) => Promise<NodeSets>;
}

/**
 * `pipefleet nodes edit`: changes nodes of the configuration, leaves every other byte of it as it is, and prints the difference.
 *
 * @throws {PipefleetError} `usage` when nothing is to be changed, or what the configuration or a selector is wrong about
 */
export async function runNodesEdit(
  { stdout }: Io,
  options: NodesEditOptions,
  tools: NodesEditTools,
): Promise<ExitCode> {
  const { configPath, change, dryRun } = options;
  if (Object.keys(change).length === 0) {
    throw new PipefleetError('usage', 'Say what to change, such as --label region=eu or --group edge.');
  }
  const config = await loadConfig(configPath, options);
  const nodes = selectNodes(buildInventory(config), options.selectors, await tools.setsFor(configPath));
  const changes = new Map(nodes.map(({ name }) => [name, change]));
  const edit = (text: string): string => tools.editor.changeNodes(text, changes);
  const write = dryRun ? tools.editor.planConfigChange : tools.editor.updateConfigFile;
  const { before, after } = await write(configPath, edit, options);
  if (before === after) {
    printLine(stdout, `${count(nodes.length, 'node')}: nothing to change.`);
    return EXIT.ok;
  }
  stdout.write(tools.editor.diffLines(before, after));
  printLine(
    stdout,
    `${count(nodes.length, 'node')}: ${dryRun ? 'would be changed' : 'changed; a running exporter takes it over at its next reload'}.`,
  );
  return EXIT.ok;
}
