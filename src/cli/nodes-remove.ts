import type { Config } from '../config/config.js';
import { loadConfig, type LoadOptions } from '../config/load.js';
import { PipefleetError } from '../core/errors.js';
import { count } from '../core/text.js';
import { buildInventory } from '../inventory/inventory.js';
import type { Node } from '../inventory/node.js';
import { selectNodes } from '../inventory/selector.js';
import { planRemoval } from '../ops/access/plan-removal.js';
import type { ConfigEditor } from './config-editor.js';
import type { ExitCode } from './exit-codes.js';
import type { LoginOptions } from './login-options.js';
import { report, type SetUpSession } from './nodes-setup.js';
import type { Io } from './print.js';
import { resultOf, type SetUpOptions, workOnNodes } from './set-up-nodes.js';
import type { NodeResult } from './set-up-report.js';

export interface NodesRemoveOptions extends LoadOptions, Omit<SetUpOptions, 'adopt'>, LoginOptions {
  readonly configPath: string;
  readonly selectors: readonly string[];
  /** Do not touch the nodes: they are gone, or shall keep account and key. */
  readonly forget: boolean;
  readonly json: boolean;
}

export interface NodesRemoveTools extends SetUpSession {
  readonly editor: ConfigEditor;
  /** Takes the host keys of a node out of the known_hosts file. */
  readonly forgetHostKeys: (node: Node, config: Config) => Promise<void>;
}

/**
 * `pipefleet nodes remove`: takes away on each node what `nodes add` has put there, then the node out of the configuration.
 *
 * @returns 0 when every node is gone, else 1; a node on which that failed stays in the configuration
 * @throws {PipefleetError} `usage` without a selector, `declined`, or what the configuration is wrong about
 */
export async function runNodesRemove(
  io: Io,
  options: NodesRemoveOptions,
  tools: NodesRemoveTools,
): Promise<ExitCode> {
  const { configPath, selectors, forget, dryRun, yes } = options;
  if (selectors.length === 0) {
    throw new PipefleetError('usage', 'Say which nodes: a name or another selector; @all means every node.');
  }
  const config = await loadConfig(configPath, options);
  const nodes = selectNodes(buildInventory(config), selectors, await tools.setsFor(configPath));
  const takeOut = async (node: Node): Promise<void> => {
    await tools.editor.updateConfigFile(
      configPath,
      (text) => tools.editor.removeNodes(text, [node.name]),
      options,
    );
    await tools.forgetHostKeys(node, config);
  };
  const results = await tools.withSetUp(config, { ...options, audit: false }, async (setUpTools) => {
    if (!forget) {
      return workOnNodes(
        io,
        nodes,
        { ...options, adopt: false },
        { ...setUpTools, onReady: takeOut },
        {
          planFor: (node, facts) =>
            planRemoval(setUpTools.accountsOf(node), setUpTools.gatePath, setUpTools.fleet, facts),
          finish: () => Promise.resolve({ outcome: 'removed', reason: 'none', message: '', proof: null }),
          question: (_changed, all) =>
            all > 0
              ? `Take away access to ${count(all, 'node')}, and take them out of ${configPath}?`
              : undefined,
        },
      );
    }
    const question = `Take ${count(nodes.length, 'node')} out of ${configPath}, and leave account and keys on them?`;
    if (!dryRun && !yes && !(await setUpTools.ask.confirm(question)))
      throw new PipefleetError('declined', 'Nothing was changed.');
    const forgotten: NodeResult[] = [];
    for (const node of nodes) {
      if (!dryRun) await takeOut(node);
      forgotten.push(resultOf(node, dryRun ? 'planned' : 'removed'));
    }
    return forgotten;
  });
  if (!dryRun) await tools.recordRun('nodes remove', configPath, results);
  return report(io, results, options.json);
}
