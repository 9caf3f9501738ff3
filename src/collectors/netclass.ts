import { ParseError } from './collector.js';
import type { Collector, MetricSpec, Sample } from './collector.js';
import { readEach } from './each-item.js';

/** As the kernel prints numbers here: in decimal, or in hexadecimal digits with `0x` in front. */
const INTEGER = /^(?:-?\d{1,19}|0x[0-9a-f]{1,16})$/i;
const PATH = /^\/sys\/class\/net\/(?<device>[^/]+)\/(?<attribute>[a-z_]+)$/;

/** IFF_UP of netdevice(7). */
const UP = 1;

/** One Mbit/s in bytes a second. */
const MEGABIT_BYTES = 125_000;

/** SPEED_UNKNOWN of linux/ethtool.h, as a signed and as an unsigned number of 32 bits. */
const UNKNOWN_SPEEDS: readonly number[] = [-1, 4_294_967_295];

/**
 * Attributes with a number, see the kernel's Documentation/ABI/testing/sysfs-class-net. A device that is down, or has nothing of
 * the kind, refuses to tell some of them.
 */
const NUMBERS = [
  [
    'addr_assign_type',
    'node_network_address_assign_type',
    'Where the address is from: 0 permanent, 1 random, 2 another device, 3 set.',
  ],
  [
    'carrier',
    'node_network_carrier',
    '1 when the link has a carrier, else 0; absent of a device that is down.',
  ],
  ['carrier_changes', 'node_network_carrier_changes_total', 'Times that the carrier came or went.'],
  ['carrier_up_count', 'node_network_carrier_up_changes_total', 'Times that the carrier came.'],
  ['carrier_down_count', 'node_network_carrier_down_changes_total', 'Times that the carrier went.'],
  ['dev_id', 'node_network_device_id', 'Number that tells devices of one address apart.'],
  [
    'dormant',
    'node_network_dormant',
    '1 when the device waits for something else, else 0; absent of a device that is down.',
  ],
  ['flags', 'node_network_flags', 'Flags of the device, see netdevice(7).'],
  ['ifindex', 'node_network_iface_id', 'Number of the device.'],
  ['iflink', 'node_network_iface_link', 'Number of the device below this one, or its own.'],
  ['link_mode', 'node_network_iface_link_mode', 'How the link comes up: 0 by itself, 1 dormant at first.'],
  ['mtu', 'node_network_mtu_bytes', 'Bytes that a packet may have.'],
  [
    'name_assign_type',
    'node_network_name_assign_type',
    'Where the name is from: 1 kernel, 2 kernel and predictable, 3 user space, 4 renamed.',
  ],
  ['netdev_group', 'node_network_net_dev_group', 'Group of the device, 0 by default.'],
  [
    'speed',
    'node_network_speed_bytes',
    'Speed of the link in bytes a second; absent when the kernel does not know it.',
  ],
  ['tx_queue_len', 'node_network_transmit_queue_length', 'Packets that the queue for sending may hold.'],
  ['type', 'node_network_protocol_type', 'Kind of hardware as ARPHRD numbers it: 1 Ethernet, 772 loopback.'],
] as const;

const WORDS = ['address', 'broadcast', 'duplex', 'operstate', 'ifalias'] as const;

/** What each network device is, and whether it is up. */
export const netclass: Collector = {
  name: 'netclass',
  module: 'node',
  summary: 'What each network device is, and the state of its link.',
  metrics: {
    node_network_up: {
      type: 'gauge',
      help: '1 when the state of operation is up, else 0; the loopback device has none and says 0.',
      labels: ['device'],
    },
    node_network_info: {
      type: 'gauge',
      help: 'Always 1, with what the device says of itself in words.',
      labels: ['device', 'address', 'broadcast', 'duplex', 'operstate', 'adminstate', 'ifalias'],
    },
    ...Object.fromEntries(
      NUMBERS.map(([, metric, help]): [string, MetricSpec] => [
        metric,
        { type: metric.endsWith('_total') ? 'counter' : 'gauge', help, labels: ['device'] },
      ]),
    ),
  },
  files: [...NUMBERS.map(([attribute]) => attribute), ...WORDS].map(
    (attribute) => `/sys/class/net/*/${attribute}`,
  ),
  parse: ({ files }) => {
    const attributesOfDevice = new Map<string, Map<string, string>>();
    for (const [path, text] of files) {
      const { device, attribute } = PATH.exec(path)?.groups ?? {};
      if (device === undefined || attribute === undefined) continue;
      const attributes = attributesOfDevice.get(device) ?? new Map<string, string>();
      attributesOfDevice.set(device, attributes.set(attribute, text.trim()));
    }
    return readEach(attributesOfDevice, ([device, attributes]) => readDevice(device, attributes));
  },
};

function readDevice(device: string, attributes: ReadonlyMap<string, string>): Sample[] {
  const samples: Sample[] = [];
  const operstate = attributes.get('operstate') ?? '';
  if (operstate !== '') {
    samples.push({ metric: 'node_network_up', labels: { device }, value: operstate === 'up' ? 1 : 0 });
  }
  const word = (attribute: (typeof WORDS)[number]): string => attributes.get(attribute) ?? '';
  const labels = {
    device,
    address: word('address'),
    broadcast: word('broadcast'),
    duplex: word('duplex'),
    operstate,
    adminstate: adminState(readInteger(device, 'flags', attributes)),
    ifalias: word('ifalias'),
  };
  samples.push({ metric: 'node_network_info', labels, value: 1 });
  for (const [attribute, metric] of NUMBERS) {
    const value = readInteger(device, attribute, attributes);
    if (value === undefined || (attribute === 'speed' && UNKNOWN_SPEEDS.includes(value))) continue;
    samples.push({
      metric,
      labels: { device },
      value: attribute === 'speed' ? value * MEGABIT_BYTES : value,
    });
  }
  return samples;
}

/** Undefined when the device does not tell. */
function readInteger(
  device: string,
  attribute: string,
  attributes: ReadonlyMap<string, string>,
): number | undefined {
  const text = attributes.get(attribute) ?? '';
  if (text === '') return undefined;
  if (!INTEGER.test(text)) {
    throw new ParseError(`${attribute} of the network device ${device.slice(0, 40)} is not a number.`);
  }
  return Number(text);
}

/** The words of node_exporter. */
function adminState(flags: number | undefined): string {
  if (flags === undefined) return 'unknown';
  return (flags & UP) === UP ? 'up' : 'down';
}
