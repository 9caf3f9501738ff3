import { loadConfig, type LoadOptions } from '../config/load.js';
import { buildInventory, type Inventory } from '../inventory/inventory.js';
import type { Node } from '../inventory/node.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { printJson, printLine, printTable, type Io } from './print.js';

export interface NodesListOptions extends LoadOptions {
  readonly configPath: string;
  /** Print a JSON list instead of a table. */
  readonly json?: boolean;
}

/** One node as `pipefleet nodes list --json` prints it. It names the credential, and not where its secret lies. */
export interface ListedNode {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly credential: string;
  readonly groups: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly location: Node['location'];
  readonly software: Node['software'];
}

const HEAD = ['NAME', 'HOST', 'PORT', 'USER', 'CREDENTIAL', 'GROUPS', 'LABELS'];

/**
 * `pipefleet nodes list`: the inventory as the exporter sees it, in the order of the file.
 *
 * @throws {PipefleetError} `config_unreadable` or `config_invalid`
 */
export async function runNodesList({ stdout }: Io, options: NodesListOptions): Promise<ExitCode> {
  const nodes = listNodes(buildInventory(await loadConfig(options.configPath, options)));
  if (options.json === true) printJson(stdout, nodes);
  else if (nodes.length === 0) printLine(stdout, `${options.configPath} names no nodes.`);
  else printTable(stdout, HEAD, nodes.map(row));
  return EXIT.ok;
}

function listNodes(inventory: Inventory): ListedNode[] {
  return inventory.nodes.map(({ name, host, port, credential, groups, labels, location, software }) => ({
    name,
    host,
    port,
    user: credential.user,
    credential: credential.name,
    groups,
    labels,
    location,
    software,
  }));
}

function row({ name, host, port, user, credential, groups, labels }: ListedNode): string[] {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
  return [name, host, String(port), user, credential, groups.join(',') || '-', pairs.join(',') || '-'];
}
