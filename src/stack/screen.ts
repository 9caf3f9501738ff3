import type { Say } from './say.js';

/** Lines that stay, and on a terminal one last line that changes in place. */
export interface Screen {
  readonly say: Say;
  /** Shows how things are; replaces what was shown before on a terminal, else adds a line. */
  show(status: string): void;
}

/** The part of a stream that is needed. */
export interface ScreenStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const CLEAR_LINE = '\r\u001b[K';
const DEFAULT_COLUMNS = 80;

export function createScreen(stream: ScreenStream): Screen {
  if (stream.isTTY !== true) {
    const line = (text: string): void => void stream.write(`${text}\n`);
    return { say: line, show: line };
  }
  let shown = '';
  return {
    say(line) {
      stream.write(`${shown === '' ? '' : CLEAR_LINE}${line}\n${shown}`);
    },
    show(status) {
      // A line that wraps could not be replaced.
      shown = status.slice(0, (stream.columns ?? DEFAULT_COLUMNS) - 1);
      stream.write(`${CLEAR_LINE}${shown}`);
    },
  };
}
