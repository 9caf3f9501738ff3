/** A place in a text file as editors count it: both from 1, columns in UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One thing that is wrong, written for the operator: `what is wrong; how to mend it`. Never repeats a value, which may be a pasted secret. */
export interface Problem extends Position {
  /** The path as the operator wrote it. */
  readonly file: string;
  readonly message: string;
}

/** Where a value stands in the data: map keys and list indices from the top. */
export type KeyPath = readonly (string | number)[];

/** `file:line:column: message`, the form that terminals and editors turn into a link. */
export function formatProblem({ file, line, column, message }: Problem): string {
  return `${file}:${line}:${column}: ${message}`;
}

/** In reading order. Problems that stand in the same place keep the order in which they were found. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
}
