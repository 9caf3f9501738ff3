import { ParseError } from './collector.js';
import type { Collector, Sample } from './collector.js';
import { parseFile, requireWhole, splitLines, splitWords } from './text.js';

const PATH = '/proc/net/arp';

/** Address, kind of hardware, flags, hardware address where there is one, mask, device; see proc_pid_net(5). */
const LINE = /^\S+\s+0x[0-9a-f]+\s+0x(?<flags>[0-9a-f]+)\s+(?:\S+\s+)?\*\s+(?<device>\S+)\s*$/;

/** ATF_PUBL of linux/if_arp.h: an address that the node answers for, and no neighbour; its device may be `*`, which is any. */
const PUBLISHED = 8;

/** Neighbours over IPv4. */
export const arp: Collector = {
  name: 'arp',
  module: 'node',
  summary: 'How many neighbours over IPv4 the node knows.',
  metrics: {
    node_arp_entries: {
      type: 'gauge',
      help: 'Neighbours of the device in the table of ARP, complete or not; absent of a device that has none.',
      labels: ['device'],
    },
  },
  files: [PATH],
  parse: (input) => parseFile(input, PATH, readEntries),
};

function readEntries(text: string): Sample[] {
  requireWhole(PATH, text);
  const countOfDevice = new Map<string, number>();
  const [heading = '', ...lines] = splitLines(text);
  if (splitWords(heading)[0] !== 'IP') throw new ParseError(`${PATH} does not begin with its heading.`);
  for (const line of lines) {
    const { flags = '', device } = LINE.exec(line)?.groups ?? {};
    if (device === undefined) throw new ParseError(`${PATH} has a line of another form than documented.`);
    if ((Number.parseInt(flags, 16) & PUBLISHED) !== 0) continue;
    countOfDevice.set(device, (countOfDevice.get(device) ?? 0) + 1);
  }
  return Array.from(countOfDevice, ([device, value]) => ({
    metric: 'node_arp_entries',
    labels: { device },
    value,
  }));
}
