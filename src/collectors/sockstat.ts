import { ParseError } from './collector.js';
import type { Collector, CollectorInput, MetricSpec, Sample } from './collector.js';
import { parseFile, readInteger, splitLines, splitWords } from './text.js';

const SOCKSTAT = '/proc/net/sockstat';
const SOCKSTAT6 = '/proc/net/sockstat6';
const SELF_STAT = '/proc/self/stat';
const SELF_STATM = '/proc/self/statm';

/** Fields of both files under the names that node_exporter gives them. */
const FIELDS: Readonly<Record<string, string>> = {
  sockets_used: 'Sockets in use, of whatever kind.',
  TCP_inuse: 'TCP sockets in use.',
  TCP_orphan: 'TCP sockets that no process holds any longer.',
  TCP_tw: 'TCP connections in the state TIME_WAIT.',
  TCP_alloc: 'TCP sockets that the kernel has allocated.',
  TCP_mem: 'Memory of TCP sockets in pages.',
  TCP_mem_bytes: 'Memory of TCP sockets in bytes; absent when the size of a page is not known.',
  UDP_inuse: 'UDP sockets in use.',
  UDP_mem: 'Memory of UDP sockets in pages.',
  UDP_mem_bytes: 'Memory of UDP sockets in bytes; absent when the size of a page is not known.',
  UDPLITE_inuse: 'UDP-Lite sockets in use.',
  RAW_inuse: 'Raw sockets in use.',
  FRAG_inuse: 'IPv4 packets that wait for their fragments.',
  FRAG_memory: 'Bytes that fragments of IPv4 packets take.',
  TCP6_inuse: 'TCP sockets in use over IPv6.',
  UDP6_inuse: 'UDP sockets in use over IPv6.',
  UDPLITE6_inuse: 'UDP-Lite sockets in use over IPv6.',
  RAW6_inuse: 'Raw sockets in use over IPv6.',
  FRAG6_inuse: 'IPv6 packets that wait for their fragments.',
  FRAG6_memory: 'Bytes that fragments of IPv6 packets take.',
};

const HEAD = /^(?<protocol>\w+):$/;

/** Fields of /proc/PID/stat behind the name of the program, which may hold blanks and brackets; the 21st of them is `vsize`. */
const STAT = /^\d+ \(.*\) (?<fields>[^()]*)$/s;
const VSIZE = 20;

/** Pages are of 4 KiB to 64 KiB on every Linux that runs on arm64 or x86-64, and of up to 256 KiB on others. */
const PAGE_SIZES: readonly number[] = [12, 13, 14, 15, 16, 17, 18].map((bits) => 2 ** bits);

/** How many sockets there are, and what they take. */
export const sockstat: Collector = {
  name: 'sockstat',
  module: 'node',
  summary: 'How many sockets there are, and the memory that they take.',
  metrics: Object.fromEntries(
    Object.entries(FIELDS).map(([field, help]): [string, MetricSpec] => [
      `node_sockstat_${field}`,
      {
        type: 'gauge',
        help,
        ...(field.endsWith('_mem_bytes') && { source: `${SOCKSTAT}, ${SELF_STAT}, ${SELF_STATM}` }),
      },
    ]),
  ),
  files: [SOCKSTAT, SOCKSTAT6, SELF_STAT, SELF_STATM],
  parse: (input) => {
    const pageBytes = findPageBytes(input);
    const samples = [SOCKSTAT, SOCKSTAT6].flatMap((path) =>
      parseFile(input, path, (text) => readProtocols(path, text, pageBytes)),
    );
    return [...new Map(samples.map((sample) => [sample.metric, sample])).values()];
  },
};

/** Lines such as `UDP: inuse 3 mem 2`, see proc_pid_net(5). */
function readProtocols(path: string, text: string, pageBytes: number | undefined): Sample[] {
  const samples: Sample[] = [];
  const add = (field: string, value: number): void => {
    if (Object.hasOwn(FIELDS, field)) samples.push({ metric: `node_sockstat_${field}`, value });
  };
  for (const line of splitLines(text)) {
    const [head = '', ...words] = splitWords(line);
    const protocol = HEAD.exec(head)?.groups?.['protocol'];
    if (protocol === undefined) throw new ParseError(`${path} has a line without a protocol.`);
    for (let index = 0; index < words.length; index += 2) {
      const key = words[index] ?? '';
      // Summed over processors while they count, some may be below zero for a moment.
      const value = readInteger(words[index + 1], `${path}: ${protocol} ${key}`);
      add(`${protocol}_${key}`, value);
      if (key === 'mem' && pageBytes !== undefined) add(`${protocol}_mem_bytes`, value * pageBytes);
    }
  }
  return samples;
}

/**
 * No file states how large a page is. But the process that reads these files states its own size twice: in bytes and, right
 * after, in pages.
 */
function findPageBytes({ files }: CollectorInput): number | undefined {
  const fields = STAT.exec(files.get(SELF_STAT)?.trim() ?? '')?.groups?.['fields'] ?? '';
  const bytes = Number(splitWords(fields)[VSIZE]);
  const pages = Number(splitWords(files.get(SELF_STATM) ?? '')[0]);
  return PAGE_SIZES.find((size) => bytes > 0 && size * pages === bytes);
}
