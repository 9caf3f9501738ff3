/**
 * The names of the nodes in a set that a selector calls `@name`; undefined when there is no such set. May throw a
 * PipefleetError when the set cannot be known.
 */
export type NodeSets = (name: string) => ReadonlySet<string> | undefined;

/** The sets of the run before, beside `@all`. */
export const RUN_SETS = ['last', 'ok', 'failed', 'unreachable'] as const;
export type RunSet = (typeof RUN_SETS)[number];
