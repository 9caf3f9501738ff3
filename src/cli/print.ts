import type { Writable } from 'node:stream';
import Table from 'cli-table3';

/** Where a command prints: results to `stdout`, what went wrong to `stderr`. */
export interface Io {
  readonly stdout: Writable;
  readonly stderr: Writable;
}

const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/** One line of text, ended with a line break. */
export function printLine(stream: Writable, line: string): void {
  stream.write(`${line}\n`);
}

/** One JSON value, indented, as `--json` prints it. */
export function printJson(stream: Writable, value: unknown): void {
  printLine(stream, JSON.stringify(value, null, 2));
}

/** Aligned columns under a heading; the heading is bold on a terminal, and plain text goes everywhere else. */
export function printTable(
  stream: Writable,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  const bold = isTerminal(stream);
  const table = new Table({
    head: head.map((word) => (bold ? `\u001B[1m${word}\u001B[22m` : word)),
    chars: NO_BORDERS,
    style: {
      head: [],
      border: [],
      'padding-left': 0,
      'padding-right': 0,
      compact: true,
    },
  });
  table.push(...rows.map((row) => [...row]));
  for (const line of table.toString().split('\n')) printLine(stream, line.trimEnd());
}

function isTerminal(stream: Writable): boolean {
  return 'isTTY' in stream && stream.isTTY === true;
}
