import { hex32, type Files, uptimeOf } from './renderer.js';

const NETFILTER = '/proc/sys/net/netfilter';
const HEADING =
  'entries  clashres found new invalid ignore delete chainlength insert insert_failed drop early_drop icmp_error  expect_new expect_create expect_delete search_restart\n';
/** Connections that are over and not yet forgotten, for each that is open. */
const REMEMBERED = 1.6;

/** What the packet filter tracks, see the kernel's Documentation/networking/nf_conntrack-sysctl.rst. */
export const conntrack: Files = {
  [`${NETFILTER}/nf_conntrack_count`]: ({ network }) => `${entries(network.connections)}\n`,
  [`${NETFILTER}/nf_conntrack_max`]: '262144\n',
  '/proc/net/stat/nf_conntrack': (state) => {
    const { network, cpu } = state;
    const columns = Array.from({ length: 17 }, () => 0);
    columns[0] = entries(network.connections);
    // found, invalid and search_restart: what loose packets and the resizing of the table leave behind.
    columns[2] = (network.requests * 0.000_1) / cpu.length;
    columns[4] = (network.requests * 0.002 + uptimeOf(state) * 0.01) / cpu.length;
    columns[16] = uptimeOf(state) * 0.002;
    const line = `${columns.map(hex32).join(' ')}\n`;
    return HEADING + line.repeat(cpu.length);
  },
};

function entries(connections: number): number {
  return Math.round(connections * (1 + REMEMBERED)) + 6;
}
