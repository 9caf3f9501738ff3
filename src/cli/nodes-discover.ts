import { loadConfig, type LoadOptions } from '../config/load.js';
import { count } from '../core/text.js';
import { type Candidate, fitCandidates } from '../inventory/import/candidate.js';
import { buildInventory } from '../inventory/inventory.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { parted, showCandidates } from './nodes-import.js';
import { printJson, printLine, type Io } from './print.js';

export interface NodesDiscoverOptions extends LoadOptions {
  readonly configPath: string;
  readonly json: boolean;
}

/** What the files of this user say. */
export interface Surroundings {
  readonly sshConfig: readonly Candidate[];
  /** Hosts of known_hosts under a plain name. */
  readonly knownHosts: readonly { readonly host: string; readonly port: number }[];
  /** Lines of known_hosts whose name is hashed: there is no telling whose they are. */
  readonly hashed: number;
}

/**
 * `pipefleet nodes discover`: machines that this user's own SSH files name and the configuration does not. Asks nobody.
 *
 * @throws {PipefleetError} what the configuration is wrong about
 */
export async function runNodesDiscover(
  io: Io,
  options: NodesDiscoverOptions,
  { sshConfig, knownHosts, hashed }: Surroundings,
): Promise<ExitCode> {
  const { nodes } = buildInventory(await loadConfig(options.configPath, options));
  const listed = new Set(sshConfig.map(({ host, port }) => `${host.toLowerCase()} ${port ?? 22}`));
  const others = knownHosts.filter(({ host, port }) => !listed.has(`${host} ${port}`));
  const raw = others.map(({ host, port }) => ({
    name: /^[\d.]+$|:/.test(host) ? host : (host.split('.')[0] ?? host),
    host,
    port,
    place: 'known_hosts',
  }));
  const { fresh } = parted([...sshConfig, ...fitCandidates(raw).candidates], nodes);
  if (options.json) printJson(io.stdout, fresh);
  else showCandidates(io, fresh);
  if (hashed > 0)
    printLine(io.stderr, `${count(hashed, 'line')} of known_hosts with a hashed name cannot be read.`);
  if (fresh.length > 0 && !options.json)
    printLine(
      io.stderr,
      'Take one in with: pipefleet nodes add USER@HOST; or import a file with: pipefleet nodes import.',
    );
  return EXIT.ok;
}
