/** What became of one node in a run of a command: `unreachable` is a node that gave no answer at all. */
export const OUTCOMES = ['ok', 'failed', 'unreachable', 'skipped'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface NodeResult {
  readonly outcome: Outcome;
  /** One sentence for a person, without secrets and without output of the node; may be empty. */
  readonly message: string;
}

/** What a command did to the nodes of one configuration. */
export interface Run {
  /** The command without its arguments, such as `audit`. */
  readonly command: string;
  /** Path of the configuration; what is relative starts from the working folder. */
  readonly configPath: string;
  /** In UTC, as ISO 8601 has it. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** By the name of the node. */
  readonly nodes: Readonly<Record<string, NodeResult>>;
}
