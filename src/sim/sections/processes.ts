import type { Renderer } from './renderer.js';
import { processCount } from './tasks.js';

/** What the script of the collector `processes` prints. */
export const processes: Renderer = (state) => `${processCount(state)}\n`;
