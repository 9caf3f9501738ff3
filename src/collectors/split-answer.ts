import { excessOf, FILE_BYTES, FILES, HEADING_LENGTH } from './limits.js';
import type { PathReader } from './paths.js';

/** What one section of the batch printed. */
export interface Section {
  readonly output: string;
  /** Exit status of the section's last command; 124 when a time limit ended it. */
  readonly status: number;
}

/** The node's answer, taken apart. Sections that are missing did not arrive. */
export interface BatchOutput {
  /** The last marker arrived: nothing was cut off. */
  readonly complete: boolean;
  readonly files: ReadonlyMap<string, string>;
  /** Files that are beyond a bound and not among `files`: the bound by path. By {@link FILES_SECTION}: that of all files together. */
  readonly refused: ReadonlyMap<string, string>;
  readonly sections: ReadonlyMap<string, Section>;
}

/** What an answer is made of. */
export interface AnswerForm {
  /** The sections that were asked for. */
  readonly names: ReadonlySet<string>;
  readonly pathReader: PathReader;
  /** The node ran another batch, so that sections may be missing or unknown, and files may come in any order. */
  readonly foreign: boolean;
}

/** Name of the section that holds the files of all collectors. No collector may have it. */
export const FILES_SECTION = 'files';

const DRAWN = /^[0-9a-f]{32}$/;
const DRAWN_LENGTH = 32;
/** What follows the token in a marker, up to the end of its line. Longer than the longest name. */
const MARKER = /^(?:begin (?<begin>[\w-]{1,64})|end (?<end>[\w-]{1,64}) (?<status>\d{1,3}))$/;
const MARKER_LENGTH = 80;

/**
 * Takes apart what a batch printed. Total, and linear in the length of the text: every place is looked at once, whatever the node
 * repeats.
 *
 * @param sent the token that was sent to the node
 */
export function splitAnswer(stdout: string, sent: string, form: AnswerForm): BatchOutput {
  const { names, foreign } = form;
  const token = drawnToken(stdout, sent);
  const sections = new Map<string, Section>();
  let open: { readonly name: string; readonly start: number } | undefined;
  let lastEnd = 0;
  const mark = `@${token} `;
  for (let at = stdout.indexOf(mark); at >= 0; at = stdout.indexOf(mark, at + mark.length)) {
    const eol = lineEnd(stdout, at + mark.length, MARKER_LENGTH);
    const { begin, end, status } = MARKER.exec(stdout.slice(at + mark.length, eol))?.groups ?? {};
    // Sections follow each other: one that begins before the end of another was given up on the node, and that is its second try.
    if (begin !== undefined) open = { name: begin, start: eol + 1 };
    if (end === undefined || end !== open?.name || at === open.start || stdout[at - 1] !== '\n') continue;
    if (names.has(end) && !sections.has(end))
      sections.set(end, { output: stdout.slice(open.start, at - 1), status: Number(status) });
    open = undefined;
    lastEnd = eol;
  }
  return {
    complete:
      (foreign ? sections.size > 0 : sections.size === names.size) &&
      stdout.startsWith(`\n${mark}done\n`, lastEnd),
    ...splitFiles(sections.get(FILES_SECTION)?.output ?? '', form),
    sections,
  };
}

/** The token that the node has drawn, which is the first thing that it says; without one, that which was sent. */
function drawnToken(stdout: string, sent: string): string {
  const mark = `@${sent} is `;
  const start = stdout.indexOf(mark) + mark.length;
  const drawn = start < mark.length ? '' : stdout.slice(start, lineEnd(stdout, start, DRAWN_LENGTH));
  return DRAWN.test(drawn) ? drawn : sent;
}

/** Where a line ends; where it may end at the latest, when it is longer. Looks no further. */
function lineEnd(text: string, from: number, length: number): number {
  const eol = text.slice(from, from + length + 1).indexOf('\n');
  return from + (eol < 0 ? length : eol);
}

const HEADING_START = '==> ';
const HEADING_END = ' <==';

/**
 * Takes apart what `head -v` prints: `==> PATH <==`, the file, and a line break before the next heading. Headings come in the
 * order of the files that were asked for; any other is text of a file. Of a foreign batch the order is not known: there every
 * heading counts, as no file holds text that an ordinary user of the node can choose.
 */
function splitFiles(
  output: string,
  { pathReader, foreign }: AnswerForm,
): Pick<BatchOutput, 'files' | 'refused'> {
  const files = new Map<string, string>();
  const refused = new Map<string, string>();
  let next = 0;
  let count = 0;
  let open: { readonly path: string; readonly wanted: boolean; readonly start: number } | undefined;
  const close = (end: number): void => {
    if (open?.wanted !== true) return;
    const text = output.slice(open.start, end);
    const excess = excessOf(text, FILE_BYTES);
    if (excess === undefined) files.set(open.path, text);
    else refused.set(open.path, excess);
  };
  for (const { path, heading, start } of headings(output)) {
    if (++count > FILES)
      return { files: new Map(), refused: new Map([[FILES_SECTION, `more than ${FILES} files`]]) };
    const known = pathReader(path);
    if (!foreign) {
      if (known === undefined || known.position < next) continue;
      next = known.repeats ? known.position : known.position + 1;
    }
    close(heading - 1);
    open = { path, wanted: known !== undefined, start };
  }
  close(output.length);
  return { files, refused };
}

/** Every line that looks like a heading of an absolute path. */
function* headings(
  output: string,
): Generator<{ readonly path: string; readonly heading: number; readonly start: number }> {
  let heading = output.startsWith(HEADING_START) ? 0 : nextHeading(output, 0);
  while (heading >= 0) {
    const path = heading + HEADING_START.length;
    const eol = lineEnd(output, path, HEADING_LENGTH);
    if (
      output[path] === '/' &&
      output[eol] === '\n' &&
      output.startsWith(HEADING_END, eol - HEADING_END.length)
    )
      yield { path: output.slice(path, eol - HEADING_END.length), heading, start: eol + 1 };
    heading = nextHeading(output, path);
  }
}

function nextHeading(output: string, from: number): number {
  const lineBreak = output.indexOf(`\n${HEADING_START}`, from);
  return lineBreak < 0 ? -1 : lineBreak + 1;
}
