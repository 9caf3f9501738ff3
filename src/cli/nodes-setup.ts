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

/**
 * Sees to it that the host keys of nodes are known, asking the person or a source that was named, and gives back the nodes as
 * they can be dialled. Nothing is written until {@link KnownNodes.keep}.
 */
export type LearnHostKeys = (nodes: readonly Node[], config: Config) => Promise<KnownNodes>;

/** Nodes whose host keys are known now, and those of which that could not be had. */
export interface KnownNodes {
  readonly nodes: readonly Node[];
  readonly failed: readonly NodeResult[];
  /** Writes the host key of a node into the known_hosts file. */
  readonly keep: (node: Node) => Promise<void>;
}

/** How the person logs in, and what the nodes shall have. */
export interface AccessOptions extends LoginOptions {
  /** Whether the account that monitors may see what only root may; `kept` where it is so on a node, by its manifest. */
  readonly audit: boolean | 'kept';
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

/** What setting up needs of the layers below it. */
export interface NodesSetupTools extends SetUpSession {
  /** As in `nodes add`: nodes that were imported have host keys that nobody has vouched for yet. */
  readonly learnHostKeys: LearnHostKeys;
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
  session: NodesSetupTools,
): Promise<ExitCode> {
  const config = await loadConfig(options.configPath, options);
  const sets = await session.setsFor(options.configPath);
  const nodes = selectNodes(buildInventory(config), options.selectors, sets);
  const known = await session.learnHostKeys(nodes, config);
  for (const { name, message } of known.failed) printLine(io.stderr, `${name}: ${message}`);
  const done = await session.withSetUp(config, options, (tools) =>
    setUpNodes(io, known.nodes, options, { ...tools, onReady: known.keep }),
  );
  const results = [...known.failed, ...done];
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
