import { ParseError } from './collector.js';
import type { Collector, MetricSpec, Sample } from './collector.js';
import { PIPE_CONFIG_SCRIPT } from './pipe-config-script.js';
import { shortDigest } from './pipe-node/digest.js';
import { homes } from './pipe-node/homes.js';
import { installations } from './pipe-node/installations.js';
import { readCount, readInteger, splitLines, splitWords } from './text.js';

const MEBIBYTE = 2 ** 20;
const GIBIBYTE = 2 ** 30;
const PORTS = 65_535;

const GENERATION = /^(?:lattice|mainnet|testnet)$/;
const DIGEST = /^[0-9a-f]{64}$/;
const COUNT = /^\d{1,20}$/;

const SOURCE = 'config.json, .env or node.env';

const gauge = (help: string, labels: readonly string[] = [], source = SOURCE): MetricSpec => ({
  type: 'gauge',
  help,
  labels: ['generation', ...labels],
  source,
});

interface Meaning {
  readonly metric: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly unit?: number;
}

const capacity = (tier: string, unit: number): Meaning => ({
  metric: 'pipe_node_config_cache_capacity_bytes',
  labels: { tier },
  unit,
});
const port = (type: string): Meaning => ({ metric: 'pipe_node_config_port', labels: { type } });

/** What the settings mean: those of testnet in small letters, of mainnet and Lattice in capitals. */
const MEANINGS = new Map<string, Meaning>([
  ['port', port('https')],
  ['http_port', port('http')],
  ['HTTPS_PORT', port('https')],
  ['HTTP_PORT', port('http')],
  ['LATTICE_BIND', port('local')],
  ['memory_cache_size_mb', capacity('memory', MEBIBYTE)],
  ['MEMORY_CACHE_SIZE_MB', capacity('memory', MEBIBYTE)],
  ['disk_cache_size_gb', capacity('disk', GIBIBYTE)],
  ['DISK_CACHE_SIZE_GB', capacity('disk', GIBIBYTE)],
  ['LATTICE_CAPACITY_MB', capacity('storage', MEBIBYTE)],
  ['workers', { metric: 'pipe_node_config_workers' }],
  ['TOKIO_WORKER_THREADS', { metric: 'pipe_node_config_workers' }],
  ['default_ttl_seconds', { metric: 'pipe_node_config_default_ttl_seconds' }],
  ['max_cacheable_size_mb', { metric: 'pipe_node_config_max_cacheable_bytes', unit: MEBIBYTE }],
  ['UPNP_ENABLED', { metric: 'pipe_node_config_upnp_enabled' }],
]);

/** What the configuration of the node software says, and the disk that it has for it. */
export const pipeConfig: Collector = {
  name: 'pipe-config',
  module: 'inventory',
  summary:
    'Configuration of the node software: a list of harmless numbers and a digest; the file itself, with invite code and addresses, ' +
    'stays on the node. A file that only root or the software may read is told as such; `setfacl -m u:ACCOUNT:r FILE` allows it.',
  metrics: {
    pipe_node_config_readable: gauge('1 when the account may read the configuration, else 0.'),
    pipe_node_config_info: gauge(
      'Always 1; digest is the beginning of a SHA-256 over the settings without secrets, names and places, so that nodes that are set alike have the same.',
      ['digest'],
    ),
    pipe_node_config_modified_timestamp_seconds: gauge(
      'Unix time at which the configuration was last written.',
      [],
      'stat',
    ),
    pipe_node_config_port: gauge('Port that is configured, by what is spoken there.', ['type']),
    pipe_node_config_cache_capacity_bytes: gauge('Bytes that the cache or the store is configured to hold.', [
      'tier',
    ]),
    pipe_node_config_workers: gauge('Worker threads that are configured, 0 for as many as the node likes.'),
    pipe_node_config_default_ttl_seconds: gauge(
      'Seconds for which an item is configured to be kept when its origin does not say.',
    ),
    pipe_node_config_max_cacheable_bytes: gauge('Size of the largest item that is configured to be cached.'),
    pipe_node_config_upnp_enabled: gauge(
      '1 when the node is configured to open ports of its router, else 0.',
    ),
    pipe_node_data_filesystem_size_bytes: gauge(
      'Size of the file system that holds cache or data of the node software.',
      [],
      'stat -f',
    ),
    pipe_node_data_filesystem_avail_bytes: gauge(
      'Space that users other than root may still use on the file system that holds cache or data of the node software.',
      [],
      'stat -f',
    ),
  },
  needs: [installations, homes],
  script: () => PIPE_CONFIG_SCRIPT,
  parse: ({ output }) => readConfigs(splitLines(output)),
};

function readConfigs(lines: readonly string[]): Sample[] {
  const samples = new Map<string, Sample>();
  for (const line of lines) {
    const [what, generation = '', ...words] = splitWords(line);
    if (!GENERATION.test(generation)) {
      throw new ParseError('The script printed a line that names no generation.');
    }
    // Of a setting that stands twice, the first counts.
    const add = (metric: string, value: number | undefined, labels: Meaning['labels'] = {}): void => {
      const identity = JSON.stringify([metric, generation, labels]);
      if (value === undefined || samples.has(identity)) return;
      samples.set(identity, { metric, labels: { generation, ...labels }, value });
    };
    const place = `${generation} configuration`;
    const [first = '', second, third] = words;
    switch (what) {
      case 'readable':
        add('pipe_node_config_readable', readCount(first, place) > 0 ? 1 : 0);
        break;
      case 'modified':
        add('pipe_node_config_modified_timestamp_seconds', readInteger(first, place));
        break;
      case 'digest':
        // A node without sha256sum prints none.
        if (DIGEST.test(first)) add('pipe_node_config_info', 1, { digest: shortDigest(first) });
        break;
      case 'set': {
        const meaning = MEANINGS.get(first);
        if (meaning !== undefined) add(meaning.metric, valueOf(meaning, second, place), meaning.labels);
        break;
      }
      case 'space':
        // A file system of users may state anything, also numbers that stat prints as negative ones.
        if (words.length === 3 && words.every((word) => COUNT.test(word))) {
          add('pipe_node_data_filesystem_size_bytes', Number(first) * Number(second));
          add('pipe_node_data_filesystem_avail_bytes', Number(first) * Number(third));
        }
        break;
      default:
        throw new ParseError('The script printed a line that it has no form for.');
    }
  }
  return [...samples.values()];
}

/** The value in base units; undefined when it is not one that the setting can have. */
function valueOf({ metric, unit = 1 }: Meaning, word: string | undefined, place: string): number | undefined {
  const isTruth = metric === 'pipe_node_config_upnp_enabled';
  if (word === 'true' || word === 'false') return isTruth ? Number(word === 'true') : undefined;
  if (isTruth) return undefined;
  const value = readCount(word, place);
  if (metric === 'pipe_node_config_port' && (value < 1 || value > PORTS)) return undefined;
  return value * unit;
}
