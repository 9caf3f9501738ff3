import type { Say } from './say.js';

/** Lines that stay, and on a terminal one last line that changes in place. */
export interface Screen {
  readonly say: Say;
  /** Shows how things are; replaces what was shown before on a terminal, else adds a line. */
  show(status: string): void;
  /** Takes what is shown away; nothing is shown any more. */
  end(): void;
}

/** The part of a stream that is needed. */
export interface ScreenStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const CLEAR_LINE = '\r\u001b[K';
const DEFAULT_COLUMNS = 80;

/** Writes to a terminal with a last line that changes in place, to anything else line by line. */
export function createScreen(stream: ScreenStream): Screen {
  let shown = '';
  let ended = false;
  if (stream.isTTY !== true) {
    const say = (line: string): void => void stream.write(`${line}\n`);
    return {
      say,
      show: (status) => {
        if (!ended) say(status);
      },
      end: () => {
        ended = true;
      },
    };
  }
  return {
    say(line) {
      stream.write(`${shown === '' ? '' : CLEAR_LINE}${line}\n${shown}`);
    },
    show(status) {
      if (ended) return;
      // A line that wraps could not be replaced.
      const columns = stream.columns ?? 0;
      shown = status.slice(0, (columns > 0 ? columns : DEFAULT_COLUMNS) - 1);
      stream.write(`${CLEAR_LINE}${shown}`);
    },
    end() {
      ended = true;
      if (shown !== '') stream.write(CLEAR_LINE);
      shown = '';
    },
  };
}
