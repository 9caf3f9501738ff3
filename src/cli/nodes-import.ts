import { loadConfig, type LoadOptions } from '../config/load.js';
import { PipefleetError } from '../core/errors.js';
import { count } from '../core/text.js';
import type { Candidate, Found } from '../inventory/import/candidate.js';
import type { Node } from '../inventory/node.js';
import { buildInventory } from '../inventory/inventory.js';
import type { Ask } from './ask.js';
import type { ConfigEditor, NodeEntry } from './config-editor.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { printJson, printLine, printTable, type Io } from './print.js';

export interface NodesImportOptions extends LoadOptions {
  readonly configPath: string;
  /** The file as the person named it, for messages. */
  readonly file: string;
  readonly found: Found;
  /** What every node gets beside its own. */
  readonly groups: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly credential: string | undefined;
  readonly jump: readonly string[] | undefined;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly json: boolean;
}

export interface NodesImportTools {
  readonly ask: Ask;
  readonly editor: Pick<ConfigEditor, 'addNodes' | 'updateConfigFile'>;
}

/**
 * `pipefleet nodes import`: writes the machines that a file of another tool names into the configuration. It touches none of them:
 * `nodes setup` does that.
 *
 * @throws {PipefleetError} `usage` when the file names no machine, `declined`, or what the configuration is wrong about
 */
export async function runNodesImport(
  io: Io,
  options: NodesImportOptions,
  tools: NodesImportTools,
): Promise<ExitCode> {
  const { configPath, file, found, dryRun, yes, json } = options;
  for (const warning of found.warnings) printLine(io.stderr, `${file}: ${warning}`);
  if (found.candidates.length === 0) {
    throw new PipefleetError('usage', `${file} names no machine that can be taken over.`);
  }
  const { nodes } = buildInventory(await loadConfig(configPath, options));
  const { fresh, known } = parted(found.candidates, nodes);
  const entries = fresh.map((candidate) => entryOf(candidate, options));
  if (json) printJson(io.stdout, { added: entries, known: known.map(({ name }) => name), written: !dryRun });
  else showCandidates(io, fresh);
  if (known.length > 0)
    printLine(io.stderr, `${count(known.length, 'node')} of it known already, by host and port.`);
  if (entries.length === 0 || dryRun) return EXIT.ok;
  if (!yes && !(await tools.ask.confirm(`Write ${count(entries.length, 'node')} into ${configPath}?`)))
    throw new PipefleetError('declined', 'Nothing was changed.');
  await tools.editor.updateConfigFile(configPath, (text) => tools.editor.addNodes(text, entries), options);
  printLine(
    io.stderr,
    `Written. Next, for account, gate and key on them: pipefleet nodes setup ${entries.length === 1 ? (entries[0]?.name ?? '') : 'SELECTOR'} --login root`,
  );
  return EXIT.ok;
}

/** Candidates that the inventory has not, under names that it has not, and those that it has. */
export function parted(
  candidates: readonly Candidate[],
  nodes: readonly Node[],
): { readonly fresh: readonly Candidate[]; readonly known: readonly Candidate[] } {
  const places = new Set(nodes.map(({ host, port }) => `${host.toLowerCase()} ${port}`));
  const names = new Set(nodes.map(({ name }) => name));
  const known = candidates.filter(({ host, port }) => places.has(`${host.toLowerCase()} ${port ?? 22}`));
  const fresh = candidates
    .filter((candidate) => !known.includes(candidate))
    .map((candidate) => {
      let { name } = candidate;
      for (let number = 2; names.has(name); number++) name = `${candidate.name.slice(0, 58)}-${number}`;
      names.add(name);
      return { ...candidate, name };
    });
  return { fresh, known };
}

/** Candidates as a table. */
export function showCandidates({ stdout }: Pick<Io, 'stdout'>, candidates: readonly Candidate[]): void {
  if (candidates.length === 0) {
    printLine(stdout, 'Nothing that is not known already.');
    return;
  }
  printTable(
    stdout,
    ['NAME', 'HOST', 'PORT', 'GROUPS', 'LABELS'],
    candidates.map(({ name, host, port, groups, labels }) => [
      name,
      host,
      String(port ?? 22),
      groups.join(',') || '-',
      Object.entries(labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(',') || '-',
    ]),
  );
}

function entryOf(candidate: Candidate, { groups, labels, credential, jump }: NodesImportOptions): NodeEntry {
  return {
    name: candidate.name,
    host: candidate.host,
    port: candidate.port,
    groups: [...new Set([...candidate.groups, ...groups])],
    labels: { ...candidate.labels, ...labels },
    location: candidate.location,
    credential,
    jump,
  };
}
