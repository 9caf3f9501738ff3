import type { NodeState } from '../node-state.js';
import type { NodeProfile } from '../profile.js';

/**
 * Writes down one thing about a node as the node itself would: the text of a file, or what a script prints. Pure.
 * The token is that of the probe; a file never holds it.
 */
export type Renderer = (state: NodeState, profile: NodeProfile, token: string) => string;

/** A counter of the model as the kernel prints it: whole units only. */
export function whole(value: number): string {
  return Math.floor(value).toFixed(0);
}
