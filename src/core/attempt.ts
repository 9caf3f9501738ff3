/** One thing that a restricted key must not be able to do, and what became of trying it. */
export interface Attempt {
  /** What was tried, in words. */
  readonly what: string;
  readonly result: 'refused' | 'allowed' | 'unknown';
  /** What the node said to it; empty when it said nothing. */
  readonly detail: string;
}
