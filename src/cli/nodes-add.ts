import type { Config } from '../config/config.js';
import { formatProblem } from '../config/diagnostics.js';
import { checkConfig, type LoadOptions } from '../config/load.js';
import { PipefleetError } from '../core/errors.js';
import { buildInventory } from '../inventory/inventory.js';
import { type Destination, nameFor, parseDestination } from '../ops/nodes/destination.js';
import type { ConfigEditor, NodeEntry } from './config-editor.js';
import type { ExitCode } from './exit-codes.js';
import type { LoginOptions } from './login-options.js';
import { type LearnHostKeys, report, type SetUpSession } from './nodes-setup.js';
import { printLine, type Io } from './print.js';
import { setUpNodes, type SetUpOptions } from './set-up-nodes.js';

export interface NodesAddOptions extends LoadOptions, SetUpOptions, LoginOptions {
  readonly configPath: string;
  /** `[user@]host[:port]` each. */
  readonly destinations: readonly string[];
  /** For a single destination alone. */
  readonly name: string | undefined;
  /** What every added node gets. */
  readonly entry: Omit<NodeEntry, 'name' | 'host' | 'port'>;
  readonly json: boolean;
  readonly audit: boolean;
}

/** What adding needs of the layers below it. */
export interface NodesAddTools extends SetUpSession {
  readonly editor: ConfigEditor;
  readonly learnHostKeys: LearnHostKeys;
}

/**
 * `pipefleet nodes add`: from bare machines to nodes that are monitored. What is done on each node is shown before; the node is
 * written into the configuration when it is ready, and not before.
 *
 * @returns 0 when every node is ready (or planned, with `--dry-run`), else 1
 * @throws {PipefleetError} `usage`, `declined`, or what the configuration is wrong about
 */
export async function runNodesAdd(io: Io, options: NodesAddOptions, tools: NodesAddTools): Promise<ExitCode> {
  const { configPath } = options;
  const destinations = options.destinations.map(parseDestination);
  if (options.name !== undefined && destinations.length > 1) {
    throw new PipefleetError('usage', '--name is for one node; leave it out to name each after its host.');
  }
  let entries: readonly NodeEntry[] = [];
  const { after } = await tools.editor.planConfigChange(
    configPath,
    (text) => {
      entries = entriesFor(destinations, options, configOf(text, options));
      return tools.editor.addNodes(text, entries);
    },
    options,
  );
  const config = configOf(after, options);
  const names = new Set(entries.map(({ name }) => name));
  const nodes = buildInventory(config).nodes.filter(({ name }) => names.has(name));
  const logins = new Map(destinations.map(({ user }, index) => [entries[index]?.name ?? '', user]));

  const known = await tools.learnHostKeys(nodes, config);
  for (const { name, message } of known.failed) printLine(io.stderr, `${name}: ${message}`);
  const results = await tools.withSetUp(
    config,
    { ...options, loginOf: ({ name }) => logins.get(name) ?? options.login },
    (setUpTools) =>
      setUpNodes(io, known.nodes, options, {
        ...setUpTools,
        onReady: async (node) => {
          await known.keep(node);
          const entry = entries.filter(({ name }) => name === node.name);
          await tools.editor.updateConfigFile(
            configPath,
            (text) => tools.editor.addNodes(text, entry),
            options,
          );
        },
      }),
  );
  const all = [...known.failed, ...results];
  if (!options.dryRun) await tools.recordRun('nodes add', configPath, all);
  return report(io, all, options.json);
}

function configOf(text: string, options: NodesAddOptions): Config {
  const { config, problems } = checkConfig(text, options.configPath, options);
  if (config === undefined)
    throw new PipefleetError('config_invalid', problems.map(formatProblem).join('\n'));
  return config;
}

function entriesFor(
  destinations: readonly Destination[],
  { name, entry }: NodesAddOptions,
  { nodes }: Config,
): readonly NodeEntry[] {
  const taken = new Set(nodes.map((node) => node.name));
  return destinations.map(({ host, port }) => {
    const there = nodes.find((node) => node.host === host && node.port === (port ?? node.port));
    if (there !== undefined) {
      throw new PipefleetError(
        'usage',
        `${host} is the node ${there.name} already; pipefleet nodes setup ${there.name} sets it up anew.`,
      );
    }
    const own = name ?? nameFor(host, taken);
    if (taken.has(own)) {
      throw new PipefleetError('usage', `There is a node ${own} already; choose another name with --name.`);
    }
    taken.add(own);
    return { name: own, host, ...(port !== undefined && { port }), ...entry };
  });
}
