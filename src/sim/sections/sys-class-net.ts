import type { Files, Renderer } from './renderer.js';

const FOLDER = '/sys/class/net';

/** Attributes that both devices have in common. Empty is what refuses to be read. */
const COMMON = {
  addr_assign_type: '0\n',
  carrier: '1\n',
  dev_id: '0x0\n',
  dormant: '0\n',
  ifalias: '\n',
  link_mode: '0\n',
  netdev_group: '0\n',
  'statistics/rx_nohandler': '0\n',
  tx_queue_len: '1000\n',
} as const;

const LOOPBACK = {
  ...COMMON,
  address: '00:00:00:00:00:00\n',
  broadcast: '00:00:00:00:00:00\n',
  carrier_changes: '0\n',
  carrier_down_count: '0\n',
  carrier_up_count: '0\n',
  duplex: '',
  flags: '0x9\n',
  ifindex: '1\n',
  iflink: '1\n',
  mtu: '65536\n',
  name_assign_type: '2\n',
  operstate: 'unknown\n',
  speed: '',
  type: '772\n',
} as const;

const ETHERNET = {
  ...COMMON,
  address: ((_, { hardwareAddress }) => `${hardwareAddress}\n`) satisfies Renderer,
  broadcast: 'ff:ff:ff:ff:ff:ff\n',
  carrier_changes: '2\n',
  carrier_down_count: '1\n',
  carrier_up_count: '1\n',
  duplex: ((_, { linkMegabits }) => (linkMegabits < 0 ? 'unknown\n' : 'full\n')) satisfies Renderer,
  flags: '0x1003\n',
  ifindex: '2\n',
  iflink: '2\n',
  mtu: '1500\n',
  name_assign_type: '1\n',
  operstate: 'up\n',
  speed: ((_, { linkMegabits }) => `${linkMegabits}\n`) satisfies Renderer,
  type: '1\n',
} as const;

/** Attributes of the loopback device and of the virtual network device, see the kernel's sysfs-class-net. */
export const sysClassNet: Files = {
  ...Object.fromEntries(Object.entries(LOOPBACK).map(([name, file]) => [`${FOLDER}/lo/${name}`, file])),
  ...Object.fromEntries(Object.entries(ETHERNET).map(([name, file]) => [`${FOLDER}/eth0/${name}`, file])),
};
