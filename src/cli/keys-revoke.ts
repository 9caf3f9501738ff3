import type { Config } from '../config/config.js';
import { loadConfig, type LoadOptions } from '../config/load.js';
import type { Purpose } from '../core/purpose.js';
import { count } from '../core/text.js';
import { buildInventory } from '../inventory/inventory.js';
import type { Credential, Node } from '../inventory/node.js';
import { selectNodes } from '../inventory/selector.js';
import { planAccess } from '../ops/access/plan.js';
import type { ExitCode } from './exit-codes.js';
import { credentialFor, nodesWith } from './keys-rotate.js';
import type { LoginOptions } from './login-options.js';
import { report, type SetUpSession } from './nodes-setup.js';
import { printLine, type Io } from './print.js';
import { type SetUpOptions, workOnNodes } from './set-up-nodes.js';

export interface KeysRevokeOptions extends LoadOptions, SetUpOptions, LoginOptions {
  readonly configPath: string;
  readonly purpose: Purpose;
  readonly credential: string | undefined;
  /** Which nodes; every node that has the key when there is none. */
  readonly selectors: readonly string[];
  readonly json: boolean;
}

export interface KeysRevokeTools extends SetUpSession {
  /** Whether a node still lets a credential in: undefined when the node gave no answer. */
  readonly letsIn: (node: Node, config: Config) => Promise<boolean | undefined>;
}

/**
 * `pipefleet keys revoke`: takes the line of a key out of the account on nodes, and proves that it lets nobody in any more.
 *
 * @returns 0 when no node takes the key any more, else 1
 * @throws {PipefleetError} `usage`, `declined`, or what the configuration or a selector is wrong about
 */
export async function runKeysRevoke(
  io: Io,
  options: KeysRevokeOptions,
  tools: KeysRevokeTools,
): Promise<ExitCode> {
  const { configPath, purpose, selectors } = options;
  const config = await loadConfig(configPath, options);
  const credential = credentialFor(config, purpose, options.credential);
  const inventory = buildInventory(config);
  const meant = new Set(selectNodes(inventory, selectors, await tools.setsFor(configPath)));
  const nodes = nodesWith(inventory, credential)
    .filter((node) => meant.has(node))
    .map((node) => ({ ...node, credential }));
  const keyFilesOf = ({ name, keyFile }: Credential): readonly string[] =>
    name === credential.name || keyFile === undefined ? [] : [keyFile];
  const results = await tools.withSetUp(config, { ...options, audit: 'kept', keyFilesOf }, (setUpTools) =>
    workOnNodes(io, nodes, options, setUpTools, {
      planFor: async (node, facts) =>
        planAccess(await setUpTools.desired(node, facts), facts, { adopt: options.adopt }),
      finish: async (node) => {
        const letIn = await tools.letsIn(node, config);
        if (letIn === false) return { outcome: 'removed', reason: 'none', message: '', proof: null };
        const message =
          letIn === true
            ? 'The node still takes the key; look for it in other authorized_keys of the account.'
            : 'The line is gone; whether the node takes the key all the same could not be tried.';
        return { outcome: 'failed', reason: 'proof', message, proof: null };
      },
      question: (changed) =>
        changed > 0
          ? `Take the key of ${purpose} (credential ${credential.name}) from ${count(changed, 'node')}?`
          : undefined,
    }),
  );
  if (!options.dryRun) {
    await tools.recordRun('keys revoke', configPath, results);
    printLine(
      io.stderr,
      `The next pipefleet nodes setup would give the key back: make a new one (pipefleet keys rotate), or take credential ${credential.name} out of ${configPath}.`,
    );
  }
  return report(io, results, options.json);
}
