import { hexDigits } from '../random.js';
import type { NodeState } from '../node-state.js';
import type { NodeProfile } from '../profile.js';
import { spaceOf } from './filesystem.js';
import { remembered, type Renderer, whole } from './renderer.js';
import { upkeepOf } from './upkeep.js';

const HOME = '/opt/popcache';
const BINARY = `${HOME}/pop`;
/** Device number of the disk as stat(1) has it, 253:1. */
const DEVICE = 253 * 256 + 1;
/** Sizes of the builds. */
const BINARY_BYTES = { '0.3.1': 39_846_912, '0.3.2': 41_287_680 } as const;
/** Seconds from the installation to the last update of the program. */
const UPDATED_AFTER = 9 * 86_400;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** Stands for a SHA-256: the same for the same text, and no digest of anything. */
const digestOf = remembered((text: string) => hexDigits(64, 'simulated', text));

/** What the script of the collector `pipe-version` prints: one program, which may be asked for its version. */
export const pipeVersion: Renderer = (_, profile) => {
  const { version } = profile;
  return `generations testnet
binary ${BINARY_BYTES[version]} ${updatedSeconds(profile)} ${DEVICE}:1311745 ${BINARY}
digest ${BINARY} ${digestOf(version)}  -
version ${BINARY} Pipe Network CDN PoP Cache Node v${version}

glibc 2.39
`;
};

/** What the script of the collector `pipe-config` prints where the group of the account may read the configuration. */
export const pipeConfig: Renderer = ({ disk }, profile) => {
  const { workers, memoryCacheMegabytes, diskCacheGigabytes } = profile;
  const { blocks, available, blockBytes } = spaceOf(disk);
  const settings = [
    'port 443',
    'http_port 80',
    `workers ${workers}`,
    `memory_cache_size_mb ${memoryCacheMegabytes}`,
    `disk_cache_size_gb ${diskCacheGigabytes}`,
    'default_ttl_seconds 86400',
    'max_cacheable_size_mb 1024',
  ];
  return `readable testnet 1
modified testnet ${profile.installedSeconds + 240}
digest testnet ${digestOf(settings.join())}  -
${settings.map((setting) => `set testnet ${setting}\n`).join('')}\
space testnet ${blockBytes} ${whole(blocks)} ${whole(available)}
`;
};

/** What the script of the collector `pipe-identity` prints: names, permissions and times, no content. */
export const pipeIdentity: Renderer = (state, profile) => {
  const { backupSeconds } = upkeepOf(state, profile);
  const file = (mode: string, seconds: number, inode: number, name: string): string =>
    `file ${mode} ${whole(seconds)} ${DEVICE}:${inode} ${HOME}/${name}\n`;
  const registered = profile.installedSeconds + 300;
  return `home ${HOME}
${file('600', registered, 1_311_760, '.pop_state.json')}\
${file('600', registered, 1_311_761, '.pop_state.json.bak')}\
${file('600', profile.installedSeconds + 240, 1_311_758, 'config.json')}\
${backupSeconds === undefined ? '' : `backup ${whole(backupSeconds)}\n`}`;
};

/** What the script of the collector `pipe-listen` prints: the ports of sshd, the resolver and the node software. */
export const pipeListen: Renderer = ({ software, fault }) => {
  const ports = [22, 53];
  if (software.startSeconds !== undefined) ports.push(80, software.port);
  // Whoever took the port from the node software.
  if (fault === 'port_drift') ports.push(443);
  return `generations testnet\ntable\n${ports.map((port) => `listen ${port}\n`).join('')}`;
};

/** What the script of the collector `pipe-tls` prints: on the port that the node software lost, nobody speaks TLS. */
export const pipeTls: Renderer = (state, profile) => {
  if (state.fault === 'port_drift') return 'tls 0\n';
  if (state.software.startSeconds === undefined) return '';
  return `tls 1\nnotAfter=${opensslTime(upkeepOf(state, profile).certificateEndSeconds)}\n`;
};

function updatedSeconds({ installedSeconds, version }: NodeProfile): number {
  return version === '0.3.1' ? installedSeconds : installedSeconds + UPDATED_AFTER;
}

/** `Nov  2 20:00:00 2027 GMT`, as openssl has it. */
function opensslTime(seconds: NodeState['seconds']): string {
  const date = new Date(Math.floor(seconds) * 1_000);
  const day = String(date.getUTCDate()).padStart(2);
  return `${MONTHS[date.getUTCMonth()] ?? ''} ${day} ${date.toISOString().slice(11, 19)} ${date.getUTCFullYear()} GMT`;
}
