import { loadConfig, type LoadOptions } from '../config/load.js';
import { buildInventory } from '../inventory/inventory.js';
import type { NodeSets } from '../inventory/node-sets.js';
import type { Node } from '../inventory/node.js';
import { selectNodes } from '../inventory/selector.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { printJson, printLine, printTable, type Io } from './print.js';

export interface NodesListOptions extends LoadOptions {
  readonly configPath: string;
  /** Which nodes; every node when there is none. */
  readonly selectors?: readonly string[];
  /** Print a JSON list instead of a table. */
  readonly json?: boolean;
}

/** One node as `pipefleet nodes list --json` prints it. It names the credential, and not where its secret lies. */
export interface ListedNode {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** IP addresses that are tried instead of looking the host up. */
  readonly addresses: readonly string[];
  /** Jump hosts on the way, the first to connect to first. */
  readonly jump: readonly string[];
  readonly user: string;
  readonly credential: string;
  readonly groups: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly location: Node['location'];
  readonly software: Node['software'];
}

export interface NodesListTools {
  /** The named sets of the last run. */
  readonly setsFor: (configPath: string) => Promise<NodeSets>;
}

const HEAD = ['NAME', 'HOST', 'PORT', 'BEHIND', 'USER', 'CREDENTIAL', 'GROUPS', 'LABELS'];

/**
 * `pipefleet nodes list`: the inventory as the exporter sees it, in the order of the file.
 *
 * @throws {PipefleetError} `config_unreadable` or `config_invalid`
 */
export async function runNodesList(
  { stdout }: Io,
  options: NodesListOptions,
  { setsFor }: NodesListTools,
): Promise<ExitCode> {
  const inventory = buildInventory(await loadConfig(options.configPath, options));
  const sets = await setsFor(options.configPath);
  const nodes = selectNodes(inventory, options.selectors ?? [], sets).map(listNode);
  if (options.json === true) printJson(stdout, nodes);
  else if (nodes.length === 0) printLine(stdout, `${options.configPath} names no nodes.`);
  else printTable(stdout, HEAD, nodes.map(row));
  return EXIT.ok;
}

/** A node as it is listed. */
export function listNode(node: Node): ListedNode {
  const { name, host, port, addresses, jump, credential, groups, labels, location, software } = node;
  return {
    name,
    host,
    port,
    addresses,
    jump: jump.map((hop) => hop.name),
    user: credential.user,
    credential: credential.name,
    groups,
    labels,
    location,
    software,
  };
}

function row({ name, host, port, jump, user, credential, groups, labels }: ListedNode): string[] {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
  return [
    name,
    host,
    String(port),
    jump.join(',') || '-',
    user,
    credential,
    groups.join(',') || '-',
    pairs.join(',') || '-',
  ];
}
