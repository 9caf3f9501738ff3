import type { KeyPath } from './diagnostics.js';
import type { KnownCollector } from './modules.js';
import { nearest } from './nearest.js';
import type { Mistake } from './sentences.js';

/** What rules look at beside the data. */
export interface RuleContext {
  /** Every collector that exists. */
  readonly collectors: readonly KnownCollector[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** 1-based line of the value at a path. */
  readonly lineOf: (path: KeyPath) => number;
}

/** What somebody who wrote an unknown word may have meant, as the second half of a sentence. */
export function suggestion(word: string, known: readonly string[]): string {
  const meant = nearest(word, known);
  if (meant !== undefined) return `did you mean "${meant}"?`;
  return known.length === 0 ? 'none is configured' : `known are: ${known.join(', ')}`;
}

/** A mistake of the key itself. */
export function key(path: KeyPath, message: string): Mistake {
  return { path, at: 'key', message };
}

/** A mistake of what a key or an item holds. */
export function value(path: KeyPath, message: string): Mistake {
  return { path, at: 'value', message };
}

/** Whether a value of the file is a map. */
export function isMap(data: unknown): data is Readonly<Record<string, unknown>> {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}

/** What stands under a key; undefined where nothing does, or where there is no map. */
export function get(data: unknown, name: string): unknown {
  return isMap(data) && Object.hasOwn(data, name) ? data[name] : undefined;
}

/** Keys and values of a map; none where there is no map. */
export function entries(data: unknown): [string, unknown][] {
  return isMap(data) ? Object.entries(data) : [];
}

/** Items of a list; none where there is no list. */
export function items(data: unknown): readonly unknown[] {
  return Array.isArray(data) ? data : [];
}
