import type { Writable } from './render.js';

/** Plain data with an own copy of each map on the way, so that what aliases share stays untouched. */
export type DataMap = Readonly<Record<string, unknown>>;

/** A map, or an empty one for anything else. */
export function asMap(data: unknown): DataMap {
  return typeof data === 'object' && data !== null && !Array.isArray(data) ? (data as DataMap) : {};
}

/** A list, or an empty one for anything else. */
export function asList(data: unknown): readonly unknown[] {
  return Array.isArray(data) ? (data as unknown[]) : [];
}

/** The map with another value under a key, or without it. */
export function withKey(map: DataMap, key: string, value: unknown): DataMap {
  const pairs = Object.entries({ ...map, [key]: value });
  return Object.fromEntries(pairs.filter(([, held]) => held !== undefined));
}

/** What is written of a value: without keys that are undefined. */
export function asWritten(value: Writable): unknown {
  if (Array.isArray(value)) return value.map((item: Writable) => asWritten(item));
  if (typeof value !== 'object') return value;
  const pairs = Object.entries(value as Readonly<Record<string, Writable | undefined>>);
  return Object.fromEntries(
    pairs.flatMap(([key, held]) => (held === undefined ? [] : [[key, asWritten(held)]])),
  );
}
