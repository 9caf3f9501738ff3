import { type CollectorInput, ParseError } from '../collector.js';
import { splitLines } from '../text.js';
import type { SoftwareSettings } from '../../core/software.js';

/** One piece of evidence that the script of the audit gathers; it reads, never writes, and bounds what it prints. */
export type EvidencePart = {
  /** A name of one word in lower case. */
  readonly name: string;
  /** Seconds after which it is ended on the node. */
  readonly seconds: number;
} & (
  | {
      /** Body of a shell function, which runs in a shell of its own. What it starts must end by itself. */
      readonly script: string;
    }
  | {
      /** A program with its arguments, as the shell reads them: for what may hang, since the limit ends it itself. */
      readonly command: string;
      /** A condition of the shell without which it is not run. */
      readonly when: string;
    }
);

/** What one part printed: its lines, without those that are blank. */
export interface Part {
  readonly lines: readonly string[];
  /** Exit status; 124 when a time limit ended it. */
  readonly status: number;
}

/** All that the checks judge. */
export interface Evidence {
  readonly files: ReadonlyMap<string, string>;
  readonly software: SoftwareSettings;
  /** Parts that arrived, by name. */
  readonly parts: ReadonlyMap<string, Part>;
}

const TOKEN = /^[0-9a-f]{32}$/;
const MARKER = /^(?<name>[a-z]+) (?<status>\d{1,3})$/;

/**
 * Takes the output of the script apart. Its first line is the token of the probe; each part is followed by a line
 * `@TOKEN NAME STATUS`, which no text that a user of the node has chosen can pass for.
 *
 * @throws {ParseError} when the output does not begin with a token
 */
export function readEvidence({ files, output, software }: CollectorInput): Evidence {
  const eol = output.indexOf('\n');
  const token = output.slice(0, Math.max(eol, 0));
  if (!TOKEN.test(token)) throw new ParseError('The script of the audit did not begin with its token.');
  const parts = new Map<string, Part>();
  let pending: string[] = [];
  for (const line of output.slice(eol + 1).split('\n')) {
    if (!line.startsWith(`@${token} `)) {
      pending.push(line);
      continue;
    }
    const { name, status } = MARKER.exec(line.slice(token.length + 2))?.groups ?? {};
    if (name === undefined || status === undefined) throw new ParseError('A marker of the audit is damaged.');
    parts.set(name, { lines: splitLines(pending.join('\n')), status: Number(status) });
    pending = [];
  }
  return { files, software, parts };
}

/** Lines of a part that begin with a word, without that word. */
export function linesOf({ parts }: Evidence, part: string, word: string): string[] {
  return (parts.get(part)?.lines ?? [])
    .filter((line) => line === word || line.startsWith(`${word} `))
    .map((line) => line.slice(word.length + 1).trim());
}

/** Whether a part has a line that is, or begins with, some words. */
export function says(evidence: Evidence, part: string, words: string): boolean {
  return linesOf(evidence, part, words).length > 0;
}
