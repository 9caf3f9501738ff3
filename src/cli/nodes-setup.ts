import type { Config } from '../config/config.js';
import { loadConfig, type LoadOptions } from '../config/load.js';
import { buildInventory } from '../inventory/inventory.js';
import type { Credential, Node } from '../inventory/node.js';
import type { NodeSets } from '../inventory/node-sets.js';
import { selectNodes } from '../inventory/selector.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import type { LoginOptions } from './login-options.js';
import { printJson, printLine, type Io } from './print.js';
import { setUpNodes, type SetUpOptions, type SetUpTools } from './set-up-nodes.js';
import { type NodeResult, summaryLine } from './set-up-report.js';

export interface NodesSetupOptions extends LoadOptions, SetUpOptions, LoginOptions {
  readonly configPath: string;
  readonly selectors: readonly string[];
  readonly json: boolean;
  /** Let the account that monitors see what only root may, for the audit. */
  readonly audit: boolean;
}

/** How the person logs in, and what the nodes shall have. */
export interface AccessOptions extends LoginOptions {
  readonly audit: boolean;
  /** The account that the person logs in to a node with, where it is not `login`. */
  readonly loginOf?: (node: Node) => string;
  /** Files of the keys that nodes shall accept for a credential; by default its own. */
  readonly keyFilesOf?: (credential: Credential) => readonly string[];
}

/** What opens the ways to nodes for one command. */
export interface SetUpSession {
  readonly withSetUp: <T>(
    config: Config,
    options: AccessOptions,
    use: (tools: SetUpTools) => Promise<T>,
  ) => Promise<T>;
  /** The named sets of the last run. */
  readonly setsFor: (configPath: string) => Promise<NodeSets>;
  readonly recordRun: (command: string, configPath: string, results: readonly NodeResult[]) => Promise<void>;
}

/**
 * `pipefleet nodes setup`: brings account, gate and keys on nodes of the inventory to what the configuration says.
 *
 * @returns 0 when every node is ready (or planned, with `--dry-run`), else 1
 * @throws {PipefleetError} what the configuration or a selector is wrong about; `declined`
 */
export async function runNodesSetup(
  io: Io,
  options: NodesSetupOptions,
  session: SetUpSession,
): Promise<ExitCode> {
  const config = await loadConfig(options.configPath, options);
  const sets = await session.setsFor(options.configPath);
  const nodes = selectNodes(buildInventory(config), options.selectors, sets);
  const results = await session.withSetUp(config, options, (tools) => setUpNodes(io, nodes, options, tools));
  if (!options.dryRun) await session.recordRun('nodes setup', options.configPath, results);
  return report(io, results, options.json);
}

/** Prints how it went: the summary, or all of it as JSON. */
export function report(
  { stdout }: Pick<Io, 'stdout'>,
  results: readonly NodeResult[],
  json: boolean,
): ExitCode {
  if (json) printJson(stdout, { nodes: results });
  else printLine(stdout, summaryLine(results));
  if (results.some(({ outcome }) => outcome === 'skipped')) return EXIT.interrupted;
  const good: readonly NodeResult['outcome'][] = ['ready', 'planned', 'removed'];
  return results.every(({ outcome }) => good.includes(outcome)) ? EXIT.ok : EXIT.failed;
}
