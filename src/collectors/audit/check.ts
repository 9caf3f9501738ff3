import type { Evidence } from './evidence.js';

/** How bad it is when a check fails: somebody can get in or take the node's identity; a lock is missing; worth knowing. */
export const SEVERITIES = ['critical', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const RESULTS = ['passed', 'failed', 'unknown'] as const;
export type Result = (typeof RESULTS)[number];

/** What came of one check: one sentence with what was seen, or for `unknown` why it could not be seen. */
export interface Verdict {
  readonly result: Result;
  readonly detail: string;
  /** Of an `unknown`: the line of sudoers that would let an account of the group see it, when there is one. */
  readonly allow?: string;
}

/** One rule, as data. */
export interface AuditCheck {
  /** In kebab-case; the `check` label. */
  readonly id: string;
  /** What holds on a node that passes, without a full stop. */
  readonly title: string;
  readonly severity: Severity;
  /** What may happen otherwise, in one or two sentences. */
  readonly why: string;
  /** A command to run on the node, or the line to write and where. */
  readonly mend: string;
  /** How mending could lock somebody out or stop something; undefined when it cannot. */
  readonly lockOut?: string;
  /** What is read for it, and what an account needs to see it, when that is not everybody's to see. */
  readonly seenIn: string;
  /** Parts of the evidence without which nothing can be said. */
  readonly parts: readonly string[];
  /** Judges what the node gave. Pure and total. */
  readonly judge: (evidence: Evidence) => Verdict;
}

/** A check and what came of it. */
export interface Judgement extends Verdict {
  readonly check: AuditCheck;
}

const CONTROL = /[^\P{C} ]/gu;
const DETAIL_LENGTH = 300;
const LISTED = 5;

export function passed(detail: string): Verdict {
  return verdict('passed', detail);
}

export function failed(detail: string): Verdict {
  return verdict('failed', detail);
}

/** @param allow a line of sudoers with which it could be seen */
export function unknown(reason: string, allow?: string): Verdict {
  return { ...verdict('unknown', reason), ...(allow !== undefined && { allow }) };
}

/** Names that a node gave, for a sentence: the first few, and how many more. */
export function listed(names: readonly string[]): string {
  const more = names.length - LISTED;
  return `${names.slice(0, LISTED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function verdict(result: Result, detail: string): Verdict {
  const plain = detail.replaceAll(CONTROL, '\uFFFD');
  return { result, detail: plain.length > DETAIL_LENGTH ? `${plain.slice(0, DETAIL_LENGTH - 1)}…` : plain };
}
