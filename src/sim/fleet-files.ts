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
export const KEY_FILE = 'demo_key';
export const KNOWN_HOSTS_FILE = 'known_hosts';

/** A known_hosts file, see sshd(8): one line a node. */
export function knownHosts(members: readonly FleetMember[]): string {
  return members.map(({ host, port, hostKey }) => `[${host}]:${port} ${hostKey}\n`).join('');
}

/** The configuration of a fleet; the paths in it are relative to it. */
export function fleetConfig(members: readonly FleetMember[]): string {
  return `# A simulated fleet. Nothing here is real.
known_hosts: [${KNOWN_HOSTS_FILE}]
credentials:
  demo: { user: ${USER}, key_file: ${KEY_FILE} }
modules:
  # 2 and 4 minutes suit real nodes; a demo should show everything within its first minute.
  inventory: { interval: 30s, timeout: 20s }
  audit: { interval: 30s, timeout: 20s }
nodes:
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
