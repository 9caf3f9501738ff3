import { packetsOf } from './packets.js';
import { type Renderer, uptimeOf, whole } from './renderer.js';

const HEADING = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
`;

/** /proc/net/dev, see proc_pid_net(5). */
export const procNetDev: Renderer = (state) => {
  const { receivedBytes, sentBytes } = state.network;
  const { received, sent } = packetsOf(state.network);
  const loopback = uptimeOf(state) * 310;
  return (
    HEADING +
    device('lo', loopback, loopback / 120, loopback, loopback / 120) +
    device('eth0', receivedBytes, received, sentBytes, sent)
  );
};

function device(name: string, received: number, packetsIn: number, sent: number, packetsOut: number): string {
  const columns = [received, packetsIn, 0, 0, 0, 0, 0, 0, sent, packetsOut, 0, 0, 0, 0, 0, 0];
  return `${name.padStart(6)}: ${columns.map(whole).join(' ')}\n`;
}
