import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, messageOf, PipefleetError } from '../core/errors.js';
import { makePrivateFolder } from '../core/private-folder.js';
import type { DemoSite } from './demo-sites.js';

/** What the files of a fleet say about one of its nodes. */
export interface FleetMember {
  readonly name: string;
  readonly site: DemoSite;
  readonly host: string;
  readonly port: number;
  /** As `ssh-ed25519 AAAA…`. */
  readonly hostKey: string;
}

export const USER = 'pipefleet';
const KEY_FILE = 'demo_key';
const KNOWN_HOSTS_FILE = 'known_hosts';
const CONFIG_FILE = 'pipefleet.yml';
const FIRST_LINE = '# A simulated fleet. Nothing here is real.';

const DEMO_MODULES = `modules:
  # 2 and 4 minutes suit real nodes; a demo should show everything within its first minute.
  inventory: { interval: 30s, timeout: 20s }
  audit: { interval: 30s, timeout: 20s }
`;

/**
 * Writes what pipefleet needs to watch a simulated fleet: its configuration, the host keys and a private key.
 *
 * @param folder absolute; made private when it is missing
 * @param pace `demo` reads everything often, `real` as it would be with real nodes
 * @returns the path of the configuration
 * @throws {PipefleetError} `config_unreadable` when the folder cannot be written
 */
export async function writeFleet(
  folder: string,
  members: readonly FleetMember[],
  privateKey: string,
  pace: 'demo' | 'real',
): Promise<string> {
  const files = {
    [KEY_FILE]: privateKey,
    [KNOWN_HOSTS_FILE]: knownHosts(members),
    [CONFIG_FILE]: fleetConfig(members, pace === 'demo' ? DEMO_MODULES : ''),
  };
  try {
    await makePrivateFolder(folder);
    for (const [name, text] of Object.entries(files)) {
      const path = join(folder, name);
      // A file that is there already would keep its mode, and others might read the key.
      await rm(path, { force: true });
      await writeFile(path, text, { mode: 0o600, flag: 'wx' });
    }
  } catch (error) {
    throw new PipefleetError(
      'config_unreadable',
      `The files of the simulated fleet cannot be written to ${folder}: ${messageOf(error)}; choose a folder that this user may write.`,
      { cause: error },
    );
  }
  return join(folder, CONFIG_FILE);
}

/**
 * Makes sure that a folder may be written: that it is not there, or empty, or holds an earlier simulated fleet.
 *
 * @throws {PipefleetError} `usage` when it holds something else
 */
export async function requireOwnFolder(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) =>
    codeOf(error) === 'ENOENT' ? [] : undefined,
  );
  if (names?.length === 0) return;
  const config = await readFile(join(folder, CONFIG_FILE), 'utf8').catch(() => '');
  if (config.startsWith(FIRST_LINE)) return;
  throw new PipefleetError(
    'usage',
    `${folder} holds something else than an earlier simulated fleet; choose another one with --folder.`,
  );
}

/** A known_hosts file, see sshd(8): one line a node. */
function knownHosts(members: readonly FleetMember[]): string {
  return members.map(({ host, port, hostKey }) => `[${host}]:${port} ${hostKey}\n`).join('');
}

/** The configuration of a fleet; the paths in it are relative to it. */
function fleetConfig(members: readonly FleetMember[], modules: string): string {
  return `${FIRST_LINE}
known_hosts: [${KNOWN_HOSTS_FILE}]
credentials:
  demo: { user: ${USER}, key_file: ${KEY_FILE} }
${modules}nodes:
${members.map(entry).join('')}`;
}

function entry({ name, host, port, site }: FleetMember): string {
  return `  - name: ${name}
    host: ${host}
    port: ${port}
    credential: demo
    groups: [${site.group}]
    labels: { region: ${site.region}, provider: ${site.provider}, simulated: "true" }
    location: { latitude: ${site.latitude}, longitude: ${site.longitude} }
`;
}
