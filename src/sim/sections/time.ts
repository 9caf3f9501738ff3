import type { Renderer } from './renderer.js';

/** `date +%s.%N`. */
export const time: Renderer = ({ seconds }) => `${seconds.toFixed(9)}\n`;
