import { ParseError } from '../collector.js';

/** One answer over HTTP as it came. */
export interface Answer {
  /** For whom it was asked: a generation of the node software. */
  readonly whose: string;
  readonly url: string;
  /** The path of the URL. */
  readonly path: string;
  /** Status of the answer; undefined when there was none, or it was no HTTP. */
  readonly status: number | undefined;
  readonly body: string;
}

export interface Answers {
  /** Lines `NAME VALUE` that the script printed before the answers. */
  readonly facts: ReadonlyMap<string, string>;
  readonly answers: readonly Answer[];
}

const TOKEN = /^(?<token>[0-9a-f]{8,64})\n/;
const FACT = /^(?<name>[a-z]+)(?: (?<value>.*))?$/;
const MARK = /^(?<whose>[a-z]+) (?<url>https?:\/\/127\.0\.0\.1:\d+(?<path>\/\S*))$/;
/** The wget of busybox indents the head. */
const STATUS_LINE = /^[ \t]*HTTP\/\d(?:\.\d)? (?<status>[1-5]\d\d)\b/;
const END_OF_HEAD = /\n[ \t]*\r?\n/;

/**
 * Takes apart what a script printed that asked with `h`: the token, some facts, an empty line, and answers, each followed by its mark. What
 * comes after the last mark was cut off and is left out.
 *
 * @throws {ParseError} when the text does not begin with a token
 */
export function readAnswers(output: string): Answers {
  const head = TOKEN.exec(output);
  const token = head?.groups?.['token'];
  if (head === null || token === undefined) {
    throw new ParseError('The answers of the node software do not begin as the script prints them.');
  }
  const facts = new Map<string, string>();
  let at = head[0].length;
  for (let eol = output.indexOf('\n', at); eol > at; eol = output.indexOf('\n', at)) {
    const { name, value = '' } = FACT.exec(output.slice(at, eol))?.groups ?? {};
    if (name !== undefined) facts.set(name, value);
    at = eol + 1;
  }
  const answers: Answer[] = [];
  const mark = `\n@${token} `;
  at += 1;
  for (let end = output.indexOf(mark, at); end >= 0; end = output.indexOf(mark, at)) {
    const eol = output.indexOf('\n', end + mark.length);
    const stop = eol < 0 ? output.length : eol;
    const { whose, url, path } = MARK.exec(output.slice(end + mark.length, stop))?.groups ?? {};
    if (whose !== undefined && url !== undefined && path !== undefined) {
      answers.push({ whose, url, path, ...readAnswer(output.slice(at, end)) });
    }
    at = stop + 1;
  }
  return { facts, answers };
}

function readAnswer(text: string): Pick<Answer, 'status' | 'body'> {
  const status = STATUS_LINE.exec(text)?.groups?.['status'];
  if (status === undefined) return { status: undefined, body: '' };
  const end = END_OF_HEAD.exec(text);
  return { status: Number(status), body: end === null ? '' : text.slice(end.index + end[0].length) };
}
