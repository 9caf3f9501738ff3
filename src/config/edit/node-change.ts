import { asList, asMap, withKey, type DataMap } from './plain-data.js';
import type { Writable } from './render.js';

/** What changes about a node as it is written. A key that is left out stays; null takes it away. */
export interface NodeChange {
  readonly name?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | null | undefined;
  readonly addresses?: readonly string[] | null | undefined;
  /** The empty list is the direct way; null leaves it to `defaults`. */
  readonly jump?: string | readonly string[] | null | undefined;
  readonly credential?: string | null | undefined;
  readonly location?: { readonly latitude: number; readonly longitude: number } | null | undefined;
  readonly addGroups?: readonly string[] | undefined;
  readonly removeGroups?: readonly string[] | undefined;
  /** Label by label; null takes a label away. */
  readonly labels?: Readonly<Record<string, string | null>> | undefined;
  /** Key by key, as they are written; null takes a key away. */
  readonly software?: Readonly<Record<string, number | readonly string[] | null>> | undefined;
}

/** One thing to do to the map of a node. What becomes empty goes. */
export type NodeStep =
  | { readonly kind: 'set'; readonly path: readonly [string, string?]; readonly value: Writable }
  | { readonly kind: 'remove'; readonly path: readonly [string, string?] }
  | { readonly kind: 'addItem'; readonly key: string; readonly item: string }
  | { readonly kind: 'removeItem'; readonly key: string; readonly item: string };

const PLAIN_KEYS = ['name', 'host', 'port', 'jump', 'credential', 'location'] as const;

/** A change as a row of steps, of which each can be made alone. */
export function stepsOf(change: NodeChange): NodeStep[] {
  const steps: NodeStep[] = [];
  const put = (path: readonly [string, string?], value: Writable | null | undefined): void => {
    if (value === null) steps.push({ kind: 'remove', path });
    else if (value !== undefined) steps.push({ kind: 'set', path, value });
  };
  for (const key of PLAIN_KEYS) put([key], change[key]);
  put(['addresses'], change.addresses?.length === 0 ? null : change.addresses);
  for (const item of change.addGroups ?? []) steps.push({ kind: 'addItem', key: 'groups', item });
  for (const item of change.removeGroups ?? []) steps.push({ kind: 'removeItem', key: 'groups', item });
  // What is added before something is taken away keeps its map alive.
  for (const section of ['labels', 'software'] as const) {
    const pairs = Object.entries<Writable | null>(change[section] ?? {});
    for (const [key, value] of pairs.filter(([, held]) => held !== null)) put([section, key], value);
    for (const [key, value] of pairs.filter(([, held]) => held === null)) put([section, key], value);
  }
  return steps;
}

/** What a node says after a step; the same object when the step changes nothing. */
export function afterStep(node: DataMap, step: NodeStep): DataMap {
  if (step.kind === 'addItem' || step.kind === 'removeItem') {
    const items = asList(node[step.key]);
    if (items.includes(step.item) === (step.kind === 'addItem')) return node;
    const left = step.kind === 'addItem' ? [...items, step.item] : items.filter((item) => item !== step.item);
    return withKey(node, step.key, left.length === 0 ? undefined : left);
  }
  const [key, inner] = step.path;
  const value = step.kind === 'set' ? step.value : undefined;
  if (inner === undefined) return withKey(node, key, value);
  if (step.kind === 'remove' && !Object.hasOwn(asMap(node[key]), inner)) return node;
  const map = withKey(asMap(node[key]), inner, value);
  return withKey(node, key, Object.keys(map).length === 0 ? undefined : map);
}
