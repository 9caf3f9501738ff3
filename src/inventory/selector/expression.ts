/** What a value must be: a pattern with `*` and `?`, or exactly this text when it stood in quotes. */
export interface ValuePattern {
  readonly text: string;
  readonly literal: boolean;
}

/** A selector as it is understood. */
export type Expression =
  /** One of them holds: `a|b`. */
  | { readonly kind: 'any'; readonly of: readonly Expression[] }
  /** All of them hold: `a,b`. */
  | { readonly kind: 'all'; readonly of: readonly Expression[] }
  /** It does not hold: `!a`. */
  | { readonly kind: 'not'; readonly of: Expression }
  /** The node has this name. */
  | { readonly kind: 'name'; readonly value: ValuePattern }
  /** A property of the node, or else the label of that name, has this value: `key=value`. */
  | { readonly kind: 'property'; readonly key: string; readonly value: ValuePattern }
  /** The node is in this set: `@name`; `column` is where it stands, from 1. */
  | { readonly kind: 'set'; readonly name: string; readonly column: number };
