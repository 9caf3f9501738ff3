import type { SoftwareSettings } from '../core/software.js';

/** What a metric promises of itself, whatever its value: its `# HELP` and `# TYPE`, and its labels. */
export interface MetricSpec {
  /** `untyped` only where node_exporter says so of the same name. */
  readonly type: 'gauge' | 'counter' | 'untyped';
  /** One sentence for `# HELP`, ending in a full stop. */
  readonly help: string;
  /** Every label name that a sample of this metric carries, in order of exposition. */
  readonly labels?: readonly string[];
  /** Where the node states it, for docs/metrics.md, when that is not simply one of the collector's files. */
  readonly source?: string;
}

/** One value of one series. Base units: seconds, bytes, ratios from 0 to 1. */
export interface Sample {
  /** A name that the collector's `metrics` promise, or one of `family`. */
  readonly metric: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
  /** Only for series that are passed on under the name that the node software itself gave them. */
  readonly family?: PassedFamily;
}

/** What a node's own exposition says of a family of series that is passed on. */
export interface PassedFamily {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary' | 'untyped';
  readonly help: string;
}

/** What the node gave to one collector. */
export interface CollectorInput {
  /**
   * Text of each file of `files` that the node could read, by path. A file that is missing here does not exist there, or may
   * not be read by the account; one that is empty may also have refused to be read, as some of sysfs do.
   */
  readonly files: ReadonlyMap<string, string>;
  /** What `script` printed; empty when the collector has none. */
  readonly output: string;
  /** Exit status of `script`: 124 when its time limit ended it; 0 when the collector has none. */
  readonly status: number;
  readonly software: SoftwareSettings;
  /** SHA-256 of the gate that this pipefleet would install on the node, in hexadecimal; undefined when it is not known. */
  readonly expectedGate?: string | undefined;
}

/**
 * Shell text that several scripts build upon: functions and variables. A batch has each once, before the first script that
 * needs it, whatever collectors it is made of.
 */
export interface Snippet {
  readonly name: string;
  /** POSIX sh under the rules of {@link Collector.script}; it prints nothing. */
  readonly script: (software: SoftwareSettings) => string;
}

/**
 * The built-in modules, each a Prometheus job with an interval of its own: what moves from scrape to scrape, what changes
 * when somebody works on the node, and what is wrong with its security.
 */
export const MODULES = ['node', 'inventory', 'audit'] as const;
export type ModuleName = (typeof MODULES)[number];

/**
 * One family of facts about a node: data and a pure function. It opens nothing and knows no clock; the runner reads,
 * times, logs, and decides what an error means.
 *
 * To add one: write `NAME.ts` with its fixture in `__fixtures__/NAME/`, and one line in `registry.ts`.
 */
export interface Collector {
  /** Equals the file name and the `collector` label. */
  readonly name: string;
  /** The built-in module that runs it. */
  readonly module: ModuleName;
  /** Runs only where a module of the configuration names it: experimental, or not wanted by everybody. */
  readonly optIn?: true;
  /** One sentence for docs/metrics.md. */
  readonly summary: string;
  readonly metrics: Readonly<Record<string, MetricSpec>>;
  /**
   * Absolute paths that one process on the node reads for all collectors together, 256 KiB of each at most. `*`, `?` and
   * `[…]` are patterns of the shell. They must never block (procfs, sysfs, /etc), and never hold text that an ordinary user
   * of the node can choose, which could pass for the heading of another file.
   */
  readonly files?: readonly string[];
  /** What the script builds upon, in this order. */
  readonly needs?: readonly Snippet[];
  /**
   * POSIX sh for what no file states, free of side effects, needing nothing that a bare system lacks. What can hang runs as
   * `t SECONDS CMD…`, which ends the command after so many whole seconds (at least 2; the clock ticks once a second) with
   * status 124; or in the background, with `u $((_n+SECONDS)) PID` to wait for it under the same kind of limit. Both work in
   * the shell itself only, not in a pipeline or `$(…)`, and end one process: what it has started must end by itself.
   *
   * A script must not `exit`, `exec` or `cd`, nor trap signals, and must bound what it prints. `$T` is the token of the probe, with
   * which a script may part its own output; it is in the environment of what it starts, and must never be an argument, which every
   * account of the node may read. Names that begin with `_`, and `b`, `e`, `t`, `u`, `T`, belong to the batch.
   */
  readonly script?: (software: SoftwareSettings) => string;
  /**
   * The same as `script` in Perl, for the nodes that have it, which all of Debian and Ubuntu do: the one process that reads the
   * files runs it too, which saves starting others. The body of a sub, without modules and without `'`, that returns what the
   * script would print, or undef to leave it to the script. `machine` gives the e_machine of the node's ELF programs. Worth it
   * only for what every probe of every node asks, and cannot hang.
   */
  readonly perl?: string;
  /**
   * Reads what the node gave. Pure. An empty list means that the node has nothing of the kind.
   *
   * @throws {ParseError} when the text is not of its documented form
   */
  parse(input: CollectorInput): Sample[];
  /**
   * What a person who looks into a probe should know beside the samples, a line each; seen in debug output only. Pure; called
   * with what `parse` could read.
   */
  readonly explain?: (input: CollectorInput) => readonly string[];
}

/** The node's text was not of the documented form. The message names the place and quotes at most a few words of it. */
export class ParseError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ParseError';
  }
}
