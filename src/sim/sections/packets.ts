import type { NetworkState } from '../node-state.js';

/** Mean bytes of a packet in each direction: requests are small, answers fill their packets. */
const RECEIVED_PACKET = 420;
const SENT_PACKET = 1_310;

/** Packets since boot, which several files of the kernel count. */
export function packetsOf({ receivedBytes, sentBytes }: NetworkState): {
  readonly received: number;
  readonly sent: number;
} {
  return { received: receivedBytes / RECEIVED_PACKET, sent: sentBytes / SENT_PACKET };
}
