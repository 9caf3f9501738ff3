import type { PassedFamily } from '../collector.js';

/** One line of an exposition that holds a value. */
export interface ExposedSeries {
  readonly name: string;
  /** Without empty values, which Prometheus takes for absent; sorted by name. */
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly family: PassedFamily;
}

export interface Exposition {
  /** In order of appearance, each name and set of labels once: the first stands. */
  readonly series: readonly ExposedSeries[];
  /** Lines that are not of the format, or repeat a series. */
  readonly malformed: number;
}

type FamilyType = PassedFamily['type'];
type Labels = Readonly<Record<string, string>>;

interface Line {
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
}

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const HELP = /^#[ \t]+HELP[ \t]+(?<name>\S+)(?:[ \t](?<help>.*))?$/;
const TYPE = /^#[ \t]+TYPE[ \t]+(?<name>\S+)[ \t]+(?<type>counter|gauge|histogram|summary|untyped)[ \t]*$/;
const TYPE_OF_ANY_KIND = /^#[ \t]+(?:TYPE|HELP)(?:[ \t]|$)/;
/** Each is sticky and walks over its text once, whatever the node put there. */
const NAME = /[ \t]*(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)[ \t]*(?<brace>\{)?/y;
const LABEL =
  /[ \t]*(?<name>[a-zA-Z_][a-zA-Z0-9_]*)[ \t]*=[ \t]*"(?<value>(?:[^"\\]|\\[\\"n])*)"[ \t]*(?<next>[,}])/y;
const CLOSE = /[ \t]*\}/y;
const BLANKS = /[ \t]+/;
const LEADING_BLANKS = /^[ \t]+/;
const TIMESTAMP = /^-?\d{1,19}$/;
const BLANK = /^[ \t]*$/;
/** A number as Go reads it, without its rarer spellings. */
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?$/;
const SPECIAL: Readonly<Record<string, number>> = {
  nan: NaN,
  inf: Infinity,
  '+inf': Infinity,
  '-inf': -Infinity,
};
const ESCAPE = /\\(?<escaped>[\\"n])/g;
/** Parts of a family whose own name only its `# TYPE` gives. */
const PART = /_(?:bucket|sum|count)$/;

/**
 * Reads the text format 0.0.4 of Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats/) strictly: a line that breaks a rule
 * is counted and left out, and the others stand; so is one without a line break at its end. Timestamps are read over. Total, whatever
 * the text.
 *
 * A series belongs to the family whose `# TYPE` covers it: `x_bucket`, `x_sum` and `x_count` to the histogram `x`.
 * One that no `# TYPE` covers is an untyped family of its own.
 */
export function readTextFormat(text: string): Exposition {
  const types = new Map<string, FamilyType>();
  const helps = new Map<string, string>();
  const lines: Line[] = [];
  const raws = text.split('\n');
  // What stands behind the last line break was cut off: half a number is another number.
  let malformed = raws.pop() === '' ? 0 : 1;
  for (const raw of raws) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (BLANK.test(line)) continue;
    if (!line.startsWith('#')) {
      const sample = readSample(line);
      if (sample === undefined) malformed++;
      else lines.push(sample);
      continue;
    }
    if (!TYPE_OF_ANY_KIND.test(line)) continue;
    const type = TYPE.exec(line)?.groups;
    const help = type === undefined ? HELP.exec(line)?.groups : undefined;
    const name = type?.['name'] ?? help?.['name'];
    const target: Map<string, string> = type === undefined ? helps : types;
    if (name === undefined || !METRIC_NAME.test(name) || target.has(name)) malformed++;
    else if (type === undefined)
      helps.set(name, unescape((help?.['help'] ?? '').replace(LEADING_BLANKS, ''), false));
    else types.set(name, type['type'] as FamilyType);
  }
  return assemble(lines, types, helps, malformed);
}

function assemble(
  lines: readonly Line[],
  types: ReadonlyMap<string, FamilyType>,
  helps: ReadonlyMap<string, string>,
  malformedLines: number,
): Exposition {
  const families = new Map<string, PassedFamily>();
  const seen = new Set<string>();
  const series: ExposedSeries[] = [];
  let malformed = malformedLines;
  for (const line of lines) {
    const name = familyOf(line.name, types);
    const type = types.get(name) ?? 'untyped';
    const identity = seriesKey(line.name, line.labels);
    if (!fits(line, name, type) || seen.has(identity)) {
      malformed++;
      continue;
    }
    seen.add(identity);
    let family = families.get(name);
    if (family === undefined) {
      family = { name, type, help: helps.get(name) ?? '' };
      families.set(name, family);
    }
    series.push({ ...line, family });
  }
  return { series, malformed };
}

/** A text that two series share only when they are the same: names cannot hold the characters that part them. */
function seriesKey(name: string, labels: Labels): string {
  return `${name}${JSON.stringify(labels)}`;
}

function familyOf(name: string, types: ReadonlyMap<string, FamilyType>): string {
  const part = PART.exec(name)?.[0];
  if (part === undefined) return name;
  const whole = name.slice(0, -part.length);
  const type = types.get(whole);
  return type === 'histogram' || (type === 'summary' && part !== '_bucket') ? whole : name;
}

/** Whether a line has what its place in a histogram or summary asks for, and no label that only such a place may have. */
function fits({ name, labels }: Line, family: string, type: FamilyType): boolean {
  if (type === 'histogram') {
    return name === `${family}_bucket` ? readValue(labels['le'] ?? '') !== undefined : name !== family;
  }
  if (type === 'summary') return name !== family || readValue(labels['quantile'] ?? '') !== undefined;
  return true;
}

function readSample(line: string): Line | undefined {
  const start = matchAt(NAME, line, 0);
  const name = start?.groups?.['name'];
  if (start === undefined || name === undefined) return undefined;
  let end = start[0].length;
  let labels: Labels | undefined = {};
  if (start.groups?.['brace'] !== undefined) [labels, end] = readLabels(line, end);
  else if (BLANKS.exec(line.slice(end - 1))?.index !== 0) return undefined;
  const [word = '', timestamp, ...rest] = line.slice(end).trim().split(BLANKS);
  const value = readValue(word);
  const stamped = timestamp === undefined || TIMESTAMP.test(timestamp);
  return labels === undefined || value === undefined || !stamped || rest.length > 0
    ? undefined
    : { name, labels, value };
}

/** The labels from behind the opening brace to behind the closing one, and where that is. */
function readLabels(line: string, start: number): [labels: Labels | undefined, end: number] {
  const found = new Map<string, string>();
  let at = start;
  for (;;) {
    const close = matchAt(CLOSE, line, at);
    if (close !== undefined) {
      at += close[0].length;
      break;
    }
    const label = matchAt(LABEL, line, at);
    const { name, value, next } = label?.groups ?? {};
    if (label === undefined || name === undefined || value === undefined) return [undefined, at];
    if (name.startsWith('__') || found.has(name)) return [undefined, at];
    found.set(name, unescape(value, true));
    at += label[0].length;
    if (next === '}') break;
  }
  const stated = [...found].filter(([, value]) => value !== '');
  return [Object.fromEntries(stated.sort(([a], [b]) => (a < b ? -1 : 1))), at];
}

function matchAt(expression: RegExp, text: string, at: number): RegExpExecArray | undefined {
  expression.lastIndex = at;
  return expression.exec(text) ?? undefined;
}

function readValue(word: string): number | undefined {
  if (NUMBER.test(word)) return Number(word);
  const special = word.toLowerCase();
  return Object.hasOwn(SPECIAL, special) ? SPECIAL[special] : undefined;
}

function unescape(text: string, quotes: boolean): string {
  return text.replace(ESCAPE, (whole, escaped: string) => {
    if (escaped === 'n') return '\n';
    return escaped === '"' && !quotes ? whole : escaped;
  });
}
