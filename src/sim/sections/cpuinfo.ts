import { remembered, type Renderer } from './renderer.js';

const MODEL = `vendor_id	: AuthenticAMD
cpu family	: 25
model		: 1
model name	: AMD EPYC (simulated)
stepping	: 1
microcode	: 0xa0011d5
cpu MHz		: 2445.404
cache size	: 512 KB
physical id	: 0
`;

const textOf = remembered((cores: number): string => {
  let text = '';
  for (let core = 0; core < cores; core++) text += `processor	: ${core}\n${MODEL}core id		: ${core}\n`;
  return text;
});

/** The lines of /proc/cpuinfo that the collector `cpuinfo` asks for. */
export const cpuinfo: Renderer = (_, { cores }) => textOf(cores);
