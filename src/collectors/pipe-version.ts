import { ParseError } from './collector.js';
import type { Collector, Sample } from './collector.js';
import { shortDigest } from './pipe-node/digest.js';
import { generationOfHome, homes } from './pipe-node/homes.js';
import { installations } from './pipe-node/installations.js';
import { safeProgram } from './pipe-node/safe-program.js';
import { PIPE_VERSION_SCRIPT } from './pipe-version-script.js';
import { readCount, readInteger, splitLines } from './text.js';

const BINARY = /^binary (?<size>\d+) (?<modified>-?\d+) (?<inode>\d+:\d+) (?<file>\/\S+)$/;
const DIGEST = /^digest (?<file>\/\S+) (?<digest>[0-9a-f]{64})\b/;
/** Anchored: the devnet software has a similar name for itself. */
const VERSION = /^version (?<file>\/\S+) Pipe Network CDN PoP Cache Node v(?<version>\d+\.\d+\.\d+)$/;
const GLIBC = /^glibc (?<version>\d+\.\d+(?:\.\d+)?)$/;
const MUSL = /^musl libc\b/;
const MUSL_VERSION = /^Version (?<version>\d+\.\d+\.\d+)$/;
const GENERATIONS = /^generations(?<names>( [a-z]+)*)$/;

const LATTICE = '/usr/local/bin/lattice-node';
/** What the builds of the testnet software for Linux link against. */
const TESTNET_GLIBC = [2, 39] as const;

/** Which builds of the node software are installed, and whether the system's C library can run them. */
export const pipeVersion: Collector = {
  name: 'pipe-version',
  module: 'inventory',
  summary:
    'Programs of the node software. Only that of testnet is asked for its version, and only where nobody but root (or the account ' +
    'itself) may write it: the others would start a node. The rest are told apart by size, time and a digest of their beginning.',
  metrics: {
    pipe_node_info: {
      type: 'gauge',
      help:
        'Always 1; version is empty where asking is not safe, digest is the beginning of the SHA-256 of the first 64 KiB, which ' +
        'tells builds apart and is no proof of integrity.',
      labels: ['file', 'generation', 'version', 'digest'],
      source: 'the program',
    },
    pipe_node_binary_size_bytes: {
      type: 'gauge',
      help: 'Size of the program.',
      labels: ['file'],
      source: 'stat',
    },
    pipe_node_binary_modified_timestamp_seconds: {
      type: 'gauge',
      help: 'Unix time at which the program was last written, such as by an update.',
      labels: ['file'],
      source: 'stat',
    },
    pipe_node_libc_info: {
      type: 'gauge',
      help: 'Always 1; the labels are name and version of the C library of the system.',
      labels: ['name', 'version'],
      source: 'getconf, else the loader of musl',
    },
    pipe_node_libc_sufficient: {
      type: 'gauge',
      help: '1 when the C library of the system is one that the software of the generation runs with (testnet: glibc 2.39), else 0.',
      labels: ['generation'],
      source: 'getconf, else the loader of musl',
    },
  },
  needs: [installations, homes, safeProgram],
  script: () => PIPE_VERSION_SCRIPT,
  parse: ({ output }) => {
    const lines = splitLines(output);
    return [...readBinaries(lines), ...readLibc(lines)];
  },
};

function readBinaries(lines: readonly string[]): Sample[] {
  const digests = new Map<string, string>();
  const versions = new Map<string, string>();
  for (const line of lines) {
    const { file = '', digest } = DIGEST.exec(line)?.groups ?? {};
    if (digest !== undefined) digests.set(file, shortDigest(digest));
    const { file: asked = '', version } = VERSION.exec(line)?.groups ?? {};
    if (version !== undefined) versions.set(asked, version);
  }

  const samples: Sample[] = [];
  const seen = new Set<string>();
  for (const line of lines) {
    if (!line.startsWith('binary ')) continue;
    const { size, modified, inode = '', file = '' } = BINARY.exec(line)?.groups ?? {};
    if (file === '') throw new ParseError('stat printed a program in another form than it was asked for.');
    // Guides link one program to several places.
    if (seen.has(inode) || seen.has(file)) continue;
    seen.add(inode).add(file);
    const version = versions.get(file) ?? '';
    const generation = version === '' ? generationOf(file) : 'testnet';
    samples.push(
      {
        metric: 'pipe_node_info',
        labels: { file, generation, version, digest: digests.get(file) ?? '' },
        value: 1,
      },
      { metric: 'pipe_node_binary_size_bytes', labels: { file }, value: readCount(size, file) },
      {
        metric: 'pipe_node_binary_modified_timestamp_seconds',
        labels: { file },
        value: readInteger(modified, file),
      },
    );
  }
  return samples;
}

function generationOf(file: string): string {
  return file === LATTICE ? 'lattice' : (generationOfHome(file.slice(0, file.lastIndexOf('/'))) ?? '');
}

function readLibc(lines: readonly string[]): Sample[] {
  const glibc = firstMatch(lines, GLIBC);
  const musl = lines.some((line) => MUSL.test(line)) ? firstMatch(lines, MUSL_VERSION) : undefined;
  const version = glibc?.['version'] ?? musl?.['version'];
  if (version === undefined) return [];
  const name = glibc === undefined ? 'musl' : 'glibc';
  const samples: Sample[] = [{ metric: 'pipe_node_libc_info', labels: { name, version }, value: 1 }];
  const generations = firstMatch(lines, GENERATIONS)?.['names'] ?? '';
  if (generations.split(' ').includes('testnet')) {
    const [major = 0, minor = 0] = version.split('.').map(Number);
    const [least, leastMinor] = TESTNET_GLIBC;
    const sufficient = glibc !== undefined && (major > least || (major === least && minor >= leastMinor));
    samples.push({
      metric: 'pipe_node_libc_sufficient',
      labels: { generation: 'testnet' },
      value: sufficient ? 1 : 0,
    });
  }
  return samples;
}

function firstMatch(lines: readonly string[], form: RegExp): Readonly<Record<string, string>> | undefined {
  for (const line of lines) {
    const groups = form.exec(line)?.groups;
    if (groups !== undefined) return groups;
  }
  return undefined;
}
