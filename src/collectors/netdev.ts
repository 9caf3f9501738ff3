import { ParseError } from './collector.js';
import type { Collector, CollectorInput, MetricSpec, Sample } from './collector.js';
import { parseFile, readCount, splitLines, splitWords } from './text.js';

const PATH = '/proc/net/dev';

/** Columns of /proc/net/dev in order, see proc_pid_net(5). The names are those of node_exporter. */
const COLUMNS = [
  ['node_network_receive_bytes_total', 'Bytes received.'],
  ['node_network_receive_packets_total', 'Packets received.'],
  ['node_network_receive_errs_total', 'Received packets that were bad.'],
  ['node_network_receive_drop_total', 'Received packets that were dropped.'],
  ['node_network_receive_fifo_total', 'Overruns of the receive buffer.'],
  ['node_network_receive_frame_total', 'Received packets with framing, length or checksum errors.'],
  ['node_network_receive_compressed_total', 'Compressed packets received.'],
  ['node_network_receive_multicast_total', 'Multicast packets received.'],
  ['node_network_transmit_bytes_total', 'Bytes sent.'],
  ['node_network_transmit_packets_total', 'Packets sent.'],
  ['node_network_transmit_errs_total', 'Packets that could not be sent.'],
  ['node_network_transmit_drop_total', 'Packets that were dropped before they were sent.'],
  ['node_network_transmit_fifo_total', 'Overruns of the send buffer.'],
  ['node_network_transmit_colls_total', 'Collisions while sending.'],
  ['node_network_transmit_carrier_total', 'Losses of carrier and other failures of the link while sending.'],
  ['node_network_transmit_compressed_total', 'Compressed packets sent.'],
] as const;

const NOHANDLER = 'node_network_receive_nohandler_total';

/** What /proc/net/dev leaves out; since Linux 4.6. */
const NOHANDLER_PATH = /^\/sys\/class\/net\/(?<device>[^/]+)\/statistics\/rx_nohandler$/;

/** `  eth0: 1 2 …`; old kernels leave no blank after the colon, and some names hold a colon themselves. */
const LINE = /^(?<device>\S+):(?<counts>[^:]*)$/;

/** Traffic and errors of each network device. */
export const netdev: Collector = {
  name: 'netdev',
  module: 'node',
  summary: 'Traffic and errors of each network device since boot.',
  metrics: {
    ...Object.fromEntries(
      COLUMNS.map(([metric, help]): [string, MetricSpec] => [
        metric,
        { type: 'counter', help, labels: ['device'] },
      ]),
    ),
    [NOHANDLER]: {
      type: 'counter',
      help: 'Packets that arrived at a device which takes none, such as the idle link of a bond.',
      labels: ['device'],
      source: '/sys/class/net/*/statistics/rx_nohandler',
    },
  },
  files: [PATH, '/sys/class/net/*/statistics/rx_nohandler'],
  parse: (input) => [...parseFile(input, PATH, readDevices), ...readNohandler(input)],
};

function readDevices(text: string): Sample[] {
  const countsOfDevice = new Map<string, readonly string[]>();
  for (const line of splitLines(text)) {
    if (line.includes('|')) continue;
    const { device, counts = '' } = LINE.exec(line.trimStart())?.groups ?? {};
    if (device === undefined) throw new ParseError(`${PATH} has a line without a device.`);
    countsOfDevice.set(device, splitWords(counts));
  }
  const samples: Sample[] = [];
  for (const [device, counts] of countsOfDevice) {
    for (const [index, [metric]] of COLUMNS.entries()) {
      samples.push({ metric, labels: { device }, value: readCount(counts[index], `${PATH}: ${device}`) });
    }
  }
  return samples;
}

function readNohandler({ files }: CollectorInput): Sample[] {
  const samples: Sample[] = [];
  for (const [path, text] of files) {
    const device = NOHANDLER_PATH.exec(path)?.groups?.['device'];
    if (device === undefined) continue;
    const count = text.trim();
    if (count === '') continue;
    samples.push({ metric: NOHANDLER, labels: { device }, value: readCount(count, path) });
  }
  return samples;
}
