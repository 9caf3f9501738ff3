import type { NodeState } from '../node-state.js';
import type { NodeProfile } from '../profile.js';

/**
 * Writes down one thing about a node as the node itself would: the text of a file, or what a script prints. Pure.
 * The token is that of the probe; a file never holds it.
 */
export type Renderer = (state: NodeState, profile: NodeProfile, token: string) => string;

/** Files by path, as renderers, or as texts where all nodes have the same. */
export type Files = Readonly<Record<string, Renderer | string>>;

/** A counter of the model as the kernel prints it: whole units only. */
export function whole(value: number): string {
  return Math.floor(value).toFixed(0);
}

/** A count of 32 bits as the kernel prints it in hexadecimal digits, which begins anew after the highest. */
export function hex32(value: number): string {
  return (Math.floor(value) % 2 ** 32).toString(16).padStart(8, '0');
}

/** Seconds since boot. */
export function uptimeOf({ seconds, bootSeconds }: NodeState): number {
  return seconds - bootSeconds;
}

/** Keeps what a function made of a value, for texts that depend on little and change seldom. */
export function remembered<Key>(render: (key: Key) => string): (key: Key) => string {
  const texts = new Map<Key, string>();
  return (key) => {
    let text = texts.get(key);
    if (text === undefined) {
      text = render(key);
      texts.set(key, text);
    }
    return text;
  };
}
