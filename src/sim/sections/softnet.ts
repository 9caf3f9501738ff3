import { packetsOf } from './packets.js';
import { hex32, type Renderer } from './renderer.js';

/** Packets of a stream that the device hands over as one, see the kernel's Documentation/networking/segmentation-offloads.rst. */
const MERGED = 8;
const NONE = '00000000';

/** /proc/net/softnet_stat: a line of 15 columns for each processor, of which the 13th is its number. */
export const softnet: Renderer = ({ network, cpu }) => {
  const packets = packetsOf(network).received / MERGED / cpu.length;
  const processed = hex32(packets);
  const squeezed = hex32(packets * 0.000_01);
  const zeros = ` ${NONE}`.repeat(9);
  let text = '';
  for (const core of cpu.keys())
    text += `${processed} ${NONE} ${squeezed}${zeros} ${hex32(core)} ${NONE} ${NONE}\n`;
  return text;
};
