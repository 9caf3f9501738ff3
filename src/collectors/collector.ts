import type { SoftwareSettings } from '../core/software.js';

/** What a metric promises of itself, whatever its value: its `# HELP` and `# TYPE`, and its labels. */
export interface MetricSpec {
  readonly type: 'gauge' | 'counter';
  /** One sentence for `# HELP`, ending in a full stop. */
  readonly help: string;
  /** Every label name that a sample of this metric carries, in order of exposition. */
  readonly labels?: readonly string[];
  /** Where the node states it, for docs/metrics.md, when that is not simply one of the collector's files. */
  readonly source?: string;
}

/** One value of one series. Base units: seconds, bytes, ratios from 0 to 1. */
export interface Sample {
  /** A name that the collector's `metrics` promise. */
  readonly metric: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What the node gave to one collector. */
export interface CollectorInput {
  /** Text of each file of `files` that the node could read, by path. A file that is missing here does not exist there. */
  readonly files: ReadonlyMap<string, string>;
  /** What `script` printed; empty when the collector has none. */
  readonly output: string;
  /** Exit status of `script`: 124 when its time limit ended it; 0 when the collector has none. */
  readonly status: number;
  readonly software: SoftwareSettings;
}

/**
 * One family of facts about a node: data and a pure function. It opens nothing and knows no clock; the runner reads,
 * times, logs, and decides what an error means.
 *
 * To add one: write `NAME.ts` with its fixture in `__fixtures__/NAME/`, and one line in `registry.ts`.
 */
export interface Collector {
  /** Equals the file name and the `collector` label. */
  readonly name: string;
  /** One sentence for docs/metrics.md. */
  readonly summary: string;
  readonly metrics: Readonly<Record<string, MetricSpec>>;
  /** Absolute paths that one process on the node reads for all collectors together. They must never block (procfs, sysfs, /etc). */
  readonly files?: readonly string[];
  /**
   * POSIX sh for what no file states, free of side effects, needing nothing that a bare system lacks. `t SECONDS CMD…` runs a
   * command under a time limit where the node has `timeout`. It must not `exit`, `exec` or `cd`, and must bound what it prints.
   */
  readonly script?: (software: SoftwareSettings) => string;
  /**
   * Reads what the node gave. Pure. An empty list means that the node has nothing of the kind.
   *
   * @throws {ParseError} when the text is not of its documented form
   */
  parse(input: CollectorInput): Sample[];
}

/** The node's text was not of the documented form. The message names the place and quotes at most a few words of it. */
export class ParseError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ParseError';
  }
}
