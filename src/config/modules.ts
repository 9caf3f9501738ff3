/** What the configuration knows of a collector that it may name. */
export interface KnownCollector {
  readonly name: string;
  /** The built-in module that it belongs to. */
  readonly module: string;
  /** Runs only where a module names it. */
  readonly optIn?: boolean;
}

/** How often Prometheus asks for a module, and how long a probe of it may take, when the file does not say. */
export interface Schedule {
  readonly timeoutSeconds: number;
  /** Undefined leaves it to the scrape job. */
  readonly intervalSeconds: number | undefined;
}

const NODE: Schedule = { timeoutSeconds: 20, intervalSeconds: undefined };

/**
 * The modules that are there without being written. What changes seldom is asked for seldom, but more often than every five
 * minutes: so long after its last sample Prometheus takes a series for gone, and a slower job would leave gaps.
 */
export const BUILT_IN_MODULES: ReadonlyMap<string, Schedule> = new Map([
  ['node', NODE],
  ['inventory', { timeoutSeconds: 30, intervalSeconds: 120 }],
  ['audit', { timeoutSeconds: 30, intervalSeconds: 240 }],
]);

/** The schedule of a module that sets none of its own. */
export function scheduleOf(module: string): Schedule {
  return BUILT_IN_MODULES.get(module) ?? NODE;
}

/** Names of the collectors that a module runs when it names none, in registry order; one of a new name is as `node`. */
export function defaultCollectors(module: string, known: readonly KnownCollector[]): string[] {
  const home = BUILT_IN_MODULES.has(module) ? module : 'node';
  return known.filter((collector) => collector.module === home && collector.optIn !== true).map(nameOf);
}

/** What a module may say about its collectors. */
export interface CollectorChoice {
  /** Instead of those that it runs by default. */
  readonly collectors?: readonly unknown[] | undefined;
  /** Beside those. */
  readonly enable?: readonly unknown[] | undefined;
  /** Not these. */
  readonly disable?: readonly unknown[] | undefined;
}

/** Names of the collectors that a module runs, in registry order. What is no name of a collector counts for nothing. */
export function chosenCollectors(
  module: string,
  { collectors, enable = [], disable = [] }: CollectorChoice,
  known: readonly KnownCollector[],
): string[] {
  const chosen = new Set([...(collectors ?? defaultCollectors(module, known)), ...enable]);
  return known.map(nameOf).filter((name) => chosen.has(name) && !disable.includes(name));
}

function nameOf({ name }: KnownCollector): string {
  return name;
}
