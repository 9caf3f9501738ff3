import { describe, expect, test } from '@jest/globals';
import { DEFAULT_SOFTWARE } from '../core/software.js';
import { arp } from './arp.js';
import { FILE_BYTES } from './limits.js';
import type { Collector } from './collector.js';
import { udpQueues } from './udp-queues.js';

const UDP_HEADING =
  '   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const UDP_LINE =
  '  312: 0100007F:0035 00000000:0000 07 00000000:00000300 00:00000000 00000000   101        0 20312';
const ARP_HEADING = 'IP address       HW type     Flags       HW address            Mask     Device';
const ARP_LINE = '192.0.2.1        0x1         0x2         02:00:5e:10:00:01     *        eth0';

/** The kernel pads lines of /proc/net/udp, so that the limit of a file may fall between two of them. */
const WIDTH = 128;
const LINES = FILE_BYTES / WIDTH;

function readLines(
  collector: Collector,
  path: string,
  heading: string,
  line: string,
  count: number,
): unknown {
  const text = [heading, ...Array<string>(count - 1).fill(line)]
    .map((words) => `${words.padEnd(WIDTH - 1)}\n`)
    .join('');
  const input = { output: '', status: 0, software: DEFAULT_SOFTWARE };
  return collector.parse({ ...input, files: new Map([[path, text]]) });
}

describe.each([
  { collector: udpQueues, path: '/proc/net/udp', heading: UDP_HEADING, line: UDP_LINE },
  { collector: arp, path: '/proc/net/arp', heading: ARP_HEADING, line: ARP_LINE },
])('a long $path', ({ collector, path, heading, line }) => {
  test('is summed up as long as it is whole', () => {
    expect(readLines(collector, path, heading, line, LINES - 1)).not.toEqual([]);
  });

  test('that may have been cut off gives no sum', () => {
    expect(() => readLines(collector, path, heading, line, LINES)).toThrow(
      `${path} is larger than the 262144 bytes that are read of a file.`,
    );
  });
});
