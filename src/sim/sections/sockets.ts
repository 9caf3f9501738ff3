import type { NodeState } from '../node-state.js';
import type { Files } from './renderer.js';

const LISTENING = 6;
const UDP_HEADING =
  '   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops            \n';
const UDP6_HEADING =
  '  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n';

/** A socket of UDP without anything in its queues. */
const udpSocket = (slot: number, address: string, user: number, inode: number): string =>
  `${String(slot).padStart(5)}: ${address} 00000000:0000 07 00000000:00000000 00:00000000 00000000 ${String(user).padStart(5)}        0 ${inode} 2 0000000000000000 0        \n`;

const UDP_OF_RESOLVER =
  UDP_HEADING + udpSocket(1_142, '3600007F:0035', 991, 8_120) + udpSocket(1_142, '3500007F:0035', 991, 8_118);

/** Numbers of sockets and the UDP sockets themselves: the resolver, on two addresses, and the client for DHCP. */
export const sockets: Files = {
  '/proc/net/sockstat': (state) => {
    const { connections } = state.network;
    const tcp = listening(state) + connections;
    return `sockets: used ${tcp + 148}
TCP: inuse ${tcp} orphan 0 tw ${connections * 9} alloc ${tcp + 3} mem ${connections * 5 + 4}
UDP: inuse 3 mem 512
UDPLITE: inuse 0
RAW: inuse 0
FRAG: inuse 0 memory 0
`;
  },
  '/proc/net/sockstat6':
    'TCP6: inuse 1\nUDP6: inuse 0\nUDPLITE6: inuse 0\nRAW6: inuse 1\nFRAG6: inuse 0 memory 0\n',
  '/proc/net/udp': (_, { address }) =>
    UDP_OF_RESOLVER + udpSocket(1_157, `${hexAddress(address)}:0044`, 998, 8_301),
  '/proc/net/udp6': UDP6_HEADING,
  // The program that reads the files states its own size in bytes and in pages.
  '/proc/self/stat':
    '24117 (head) R 24111 24111 24111 0 -1 4194304 112 0 0 0 0 0 0 0 20 0 1 0 812004 2904064 384 18446744073709551615 0 0 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n',
  '/proc/self/statm': '709 384 368 8 0 91 0\n',
};

function listening({ software }: NodeState): number {
  return LISTENING - (software.startSeconds === undefined ? 2 : 0);
}

/** An IPv4 address as a machine with little-endian numbers prints it. */
function hexAddress(address: string): string {
  const bytes = address.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0').toUpperCase());
  return bytes.reverse().join('');
}
