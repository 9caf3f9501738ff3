import { type Renderer, whole } from './renderer.js';

const HEADING = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
`;

/** Mean bytes of a packet in each direction: requests are small, answers fill their packets. */
const RECEIVED_PACKET = 420;
const SENT_PACKET = 1_310;

/** /proc/net/dev, see proc_pid_net(5). */
export const procNetDev: Renderer = ({ network: { receivedBytes, sentBytes }, seconds, bootSeconds }) => {
  const loopback = (seconds - bootSeconds) * 310;
  return (
    HEADING +
    device('lo', loopback, loopback / 120, loopback, loopback / 120) +
    device('eth0', receivedBytes, receivedBytes / RECEIVED_PACKET, sentBytes, sentBytes / SENT_PACKET)
  );
};

function device(name: string, received: number, packetsIn: number, sent: number, packetsOut: number): string {
  const columns = [received, packetsIn, 0, 0, 0, 0, 0, 0, sent, packetsOut, 0, 0, 0, 0, 0, 0];
  return `${name.padStart(6)}: ${columns.map(whole).join(' ')}\n`;
}
