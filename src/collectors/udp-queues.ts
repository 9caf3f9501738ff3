import { ParseError } from './collector.js';
import type { Collector, CollectorInput, Sample } from './collector.js';
import { parseFile, readHex, requireWhole, splitLines, splitWords } from './text.js';

/** A line a socket, see proc_pid_net(5). */
const FILES = [
  ['/proc/net/udp', 'v4'],
  ['/proc/net/udp6', 'v6'],
] as const;

/** `tx_queue:rx_queue` in hexadecimal digits, the fifth word of a line. */
const QUEUES = 4;

/** What waits in the queues of UDP sockets. */
export const udpQueues: Collector = {
  name: 'udp-queues',
  module: 'node',
  summary:
    'Bytes that wait in the queues of all UDP sockets; fails where one version of IP has more than 2046 of them.',
  metrics: {
    node_udp_queues: {
      type: 'gauge',
      help: 'Bytes that the kernel holds for UDP sockets, by direction and version of IP.',
      labels: ['queue', 'ip'],
    },
  },
  files: FILES.map(([path]) => path),
  parse: (input) => FILES.flatMap(([path, ip]) => readSockets(input, path, ip)),
};

function readSockets(input: CollectorInput, path: string, ip: string): Sample[] {
  return parseFile(input, path, (text) => {
    requireWhole(path, text);
    const [heading = '', ...lines] = splitLines(text);
    if (splitWords(heading)[0] !== 'sl') throw new ParseError(`${path} does not begin with its heading.`);
    let sent = 0;
    let received = 0;
    for (const line of lines) {
      const [tx, rx] = splitWords(line)[QUEUES]?.split(':') ?? [];
      sent += readHex(tx, `${path}: tx_queue`);
      received += readHex(rx, `${path}: rx_queue`);
    }
    return [
      { metric: 'node_udp_queues', labels: { queue: 'tx', ip }, value: sent },
      { metric: 'node_udp_queues', labels: { queue: 'rx', ip }, value: received },
    ];
  });
}
