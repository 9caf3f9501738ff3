import type { Config } from '../config/config.js';
import { loadConfig, type LoadOptions } from '../config/load.js';
import { PipefleetError } from '../core/errors.js';
import type { Purpose } from '../core/purpose.js';
import { count } from '../core/text.js';
import { buildInventory, type Inventory } from '../inventory/inventory.js';
import type { Credential, Node } from '../inventory/node.js';
import { selectNodes } from '../inventory/selector.js';
import { endRotation, nextKeyFile, oldKeyFile, rotationPhase, swapKeys } from '../ops/keys/rotation.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import type { LoginOptions } from './login-options.js';
import { report, type SetUpSession } from './nodes-setup.js';
import { printLine, type Io } from './print.js';
import { setUpNodes, type SetUpOptions } from './set-up-nodes.js';
import type { NodeResult } from './set-up-report.js';

export interface KeysRotateOptions extends LoadOptions, SetUpOptions, LoginOptions {
  readonly configPath: string;
  readonly purpose: Purpose;
  /** Name of the credential, where several have the purpose. */
  readonly credential: string | undefined;
  /** Nodes that are left with the old key, which then opens nothing on this side any more. */
  readonly leave: readonly string[];
  readonly json: boolean;
}

export interface KeysRotateTools extends SetUpSession {
  /** Makes a key file of the kind and with the passphrase of a credential's, at another path. */
  readonly makeKey: (credential: Credential, path: string) => Promise<void>;
}

/**
 * `pipefleet keys rotate`: makes a new key, teaches it to every node beside the old one and proves that it works there; only
 * then takes the new one into use and lets every node forget the old one. Whatever interrupts it, the next call goes on from there.
 *
 * @returns 0 when every node has the new key and none the old one, else 1
 * @throws {PipefleetError} `usage`, `declined`, or what the configuration is wrong about
 */
export async function runKeysRotate(
  io: Io,
  options: KeysRotateOptions,
  tools: KeysRotateTools,
): Promise<ExitCode> {
  const config = await loadConfig(options.configPath, options);
  const credential = credentialFor(config, options.purpose, options.credential);
  const keyFile = credential.keyFile;
  if (keyFile === undefined) {
    throw new PipefleetError(
      'usage',
      `The key of credential ${credential.name} is in an agent, not in a file; rotate it where it is kept.`,
    );
  }
  const nodes = await nodesOf(buildInventory(config), credential, options, tools);
  let phase = await rotationPhase(keyFile);
  if (phase === 'idle') {
    if (options.dryRun) {
      printLine(
        io.stdout,
        `A new key would be made at ${nextKeyFile(keyFile)}, and taught to ${count(nodes.length, 'node')}.`,
      );
      return EXIT.ok;
    }
    await tools.makeKey(credential, nextKeyFile(keyFile));
    phase = 'spreading';
  }
  if (phase === 'spreading') {
    printLine(
      io.stderr,
      `1 of 2: every node learns the new key, ${nextKeyFile(keyFile)}, beside the old one.`,
    );
    const next = nextKeyFile(keyFile);
    const results = await setUp(io, config, nodes, credential, [keyFile, next], next, options, tools);
    if (options.dryRun) return report(io, results, options.json);
    if (!results.every(isReady)) return unfinished(io, results, options, tools);
    await swapKeys(keyFile);
    printLine(io.stderr, `The new key is in use: ${keyFile}.`);
  }
  printLine(io.stderr, `2 of 2: every node forgets the old key, ${oldKeyFile(keyFile)}.`);
  const retiring = { ...options, yes: options.yes || phase === 'spreading' };
  const results = await setUp(io, config, nodes, credential, [keyFile], keyFile, retiring, tools);
  if (options.dryRun) return report(io, results, options.json);
  if (!results.every(isReady)) return unfinished(io, results, options, tools);
  await endRotation(keyFile);
  await tools.recordRun('keys rotate', options.configPath, results);
  return report(io, results, options.json);
}

/** The one credential that is meant. */
export function credentialFor(config: Config, purpose: Purpose, name: string | undefined): Credential {
  const all = [...config.credentials.values()].filter((credential) => credential.purpose === purpose);
  const found = name === undefined ? all : all.filter((credential) => credential.name === name);
  const [credential, second] = found;
  if (credential !== undefined && second === undefined) return credential;
  const names = all.map((each) => each.name).join(', ');
  throw new PipefleetError(
    'usage',
    all.length === 0
      ? `No credential of ${config.path} has the purpose ${purpose}; pipefleet keys generate makes a key for it.`
      : `Several credentials have the purpose ${purpose}, or none has that name; say which with --credential: ${names}.`,
  );
}

/** Nodes that accept the key of a credential: those that name it for monitoring, every node for other purposes. */
export function nodesWith({ nodes }: Inventory, credential: Credential): readonly Node[] {
  return nodes.filter((node) => credential.purpose !== 'monitor' || node.credential.name === credential.name);
}

async function nodesOf(
  inventory: Inventory,
  credential: Credential,
  { leave, configPath }: KeysRotateOptions,
  { setsFor }: KeysRotateTools,
): Promise<readonly Node[]> {
  const all = nodesWith(inventory, credential);
  if (leave.length === 0) return all;
  const left = new Set(selectNodes(inventory, leave, await setsFor(configPath)));
  return all.filter((node) => !left.has(node));
}

/** Sets nodes up with these keys for the credential, and proves one of them. */
function setUp(
  io: Io,
  config: Config,
  nodes: readonly Node[],
  credential: Credential,
  keyFiles: readonly string[],
  proven: string,
  options: KeysRotateOptions,
  tools: KeysRotateTools,
): Promise<readonly NodeResult[]> {
  const keyFilesOf = (each: Credential): readonly string[] =>
    each.name === credential.name ? keyFiles : each.keyFile === undefined ? [] : [each.keyFile];
  const asProven = nodes.map((node) => ({ ...node, credential: { ...credential, keyFile: proven } }));
  return tools.withSetUp(config, { ...options, audit: 'kept', keyFilesOf }, (setUpTools) =>
    setUpNodes(io, asProven, options, setUpTools),
  );
}

async function unfinished(
  io: Io,
  results: readonly NodeResult[],
  options: KeysRotateOptions,
  tools: KeysRotateTools,
): Promise<ExitCode> {
  await tools.recordRun('keys rotate', options.configPath, results);
  printLine(
    io.stderr,
    'Both keys stay until all nodes are done: mend what is said above and run the command again, or leave these nodes behind with --leave @failed.',
  );
  return report(io, results, options.json);
}

function isReady({ outcome }: NodeResult): boolean {
  return outcome === 'ready';
}
