import {
  Composer,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  Parser,
  visit,
  YAMLError,
  type Document,
  type Pair,
} from 'yaml';
import type { KeyPath, Position } from './diagnostics.js';
import { yamlSentence } from './yaml-sentences.js';

/** Something wrong at a place of the text. */
export interface Fault extends Position {
  readonly message: string;
}

/** A YAML text as plain data that still knows where each value stands. */
export interface YamlDocument {
  /** Maps, lists and scalars; undefined when the text is not readable YAML. */
  readonly data: unknown;
  /** The parser's own tree with its tokens, for who changes the text; undefined when it could not be made. */
  readonly document: Document.Parsed | undefined;
  readonly faults: readonly Fault[];
  /** Where the value stands; for a value that is missing, the map or list that lacks it. */
  readonly positionOf: (path: KeyPath) => Position;
  /** Where the key of the value stands; where the value stands when it is an item of a list. */
  readonly keyPositionOf: (path: KeyPath) => Position;
}

/** The composer recurses a level of nesting; without a bound a hostile file overflows the stack and ends the process. */
const MAX_DEPTH = 32;
/** Aliases may be used often, but what they unfold into stays small: the defence against "billion laughs". */
const MAX_ALIASES = 20_000;
/** What YAML forbids in a text, less the byte order mark that decoding took away. */
const CONTROL = /[\0-\x08\x0B\x0C\x0E-\x1F\x7F]/;

/** Reads one YAML document. Total: whatever the text, the result says what is wrong with it. */
export function readYaml(text: string): YamlDocument {
  const lines = new LineCounter();
  const control = CONTROL.exec(text);
  if (control !== null) return unreadable(control.index, text, 'a control character stands here; remove it');
  const document = compose(text, lines);
  if (typeof document === 'number') {
    return unreadable(
      document,
      text,
      `more than ${MAX_DEPTH} maps and lists lie inside each other here; flatten them`,
    );
  }

  const positionAt = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const aliases = aliasFaults(document);
  const faults = [...syntaxFaults(document, text), ...aliases, ...meaningFaults(document)].map(
    ({ offset, message }) => ({ ...positionAt(offset), message }),
  );
  let data: unknown;
  if (aliases.length === 0 && document.errors.every(({ code }) => code === 'DUPLICATE_KEY')) {
    try {
      data = document.toJS({ maxAliasCount: MAX_ALIASES });
    } catch (error) {
      if (!(error instanceof ReferenceError)) throw error;
      faults.push({
        line: 1,
        column: 1,
        message: 'the aliases ("*…") unfold into too much; write the values',
      });
    }
  }
  return {
    data,
    document,
    faults,
    positionOf: (path) => positionAt(offsetOf(document, path, 'value')),
    keyPositionOf: (path) => positionAt(offsetOf(document, path, 'key')),
  };
}

/** The document, or the offset where it is nested too deeply. */
function compose(text: string, lines: LineCounter): Document.Parsed | number {
  const parser = new Parser(lines.addNewLine);
  const lexer = new Lexer();
  const tokens = [];
  lines.addNewLine(0);
  for (const lexeme of lexer.lex(text)) {
    tokens.push(...parser.next(lexeme));
    if (parser.stack.length > MAX_DEPTH) return parser.offset;
  }
  tokens.push(...parser.end());
  const composer = new Composer({
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    resolveKnownTags: false,
    keepSourceTokens: true,
    logLevel: 'error',
  });
  const [document, second] = composer.compose(tokens, true, text.length);
  if (document === undefined) throw new Error('a YAML stream always composes into a document');
  if (second !== undefined) {
    const error = new YAMLError('YAMLParseError', [second.range[0], second.range[1]], 'MULTIPLE_DOCS', '');
    document.errors.push(error);
  }
  return document;
}

interface OffsetFault {
  readonly offset: number;
  readonly message: string;
}

/**
 * The parser's own errors. After broken syntax the rest of the text is read differently than it was meant, so only the
 * first such error is told; tabs and double keys leave the rest as it is, and each is told.
 */
function syntaxFaults(document: Document.Parsed, text: string): OffsetFault[] {
  const found: OffsetFault[] = [];
  let broken = false;
  for (const error of document.errors) {
    const local = error.code === 'TAB_AS_INDENT' || error.code === 'DUPLICATE_KEY';
    if (!local && broken) continue;
    broken ||= !local;
    found.push({ offset: error.pos[0], message: yamlSentence(error, text) });
  }
  return found;
}

/** What is YAML but has no meaning in a configuration. */
function meaningFaults(document: Document.Parsed): OffsetFault[] {
  const found: OffsetFault[] = [];
  for (const { pos } of document.warnings) {
    found.push({
      offset: pos[0],
      message: 'a tag ("!…") stands here; remove it, or put the value in quotes',
    });
  }
  visit(document, {
    Scalar: (key, { value, range }) => {
      if (key !== 'key' || value !== '__proto__') return;
      found.push({ offset: range?.[0] ?? 0, message: '"__proto__" cannot be a key; remove it' });
    },
  });
  return found;
}

/** Aliases that lead nowhere or in a circle. Their names are not repeated: a secret may start with "*". */
function aliasFaults(document: Document.Parsed): OffsetFault[] {
  const found: OffsetFault[] = [];
  const anchors = new Map<string, unknown>();
  let count = 0;
  visit(document, {
    Node: (_key, node, ancestors) => {
      const offset = node.range?.[0] ?? 0;
      if (!isAlias(node)) {
        if (node.anchor !== undefined) anchors.set(node.anchor, node);
        return undefined;
      }
      if (++count > MAX_ALIASES) {
        found.push({
          offset,
          message: `more than ${MAX_ALIASES} aliases ("*…") stand up to here; write the values`,
        });
        return visit.BREAK;
      }
      const target = anchors.get(node.source);
      if (target === undefined) {
        const message =
          'this alias ("*…") has no anchor above it; add the anchor, or put the value in quotes';
        found.push({ offset, message });
      } else if (ancestors.some((ancestor) => ancestor === target)) {
        found.push({ offset, message: 'this alias ("*…") stands inside what it refers to; write the value' });
      }
      return undefined;
    },
  });
  return found;
}

/** Walks as far as the path leads; past that point, the start of the innermost map or list that exists. */
function offsetOf(document: Document.Parsed, path: KeyPath, want: 'key' | 'value'): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [index, step] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    const pair = isMap(node) ? findPair(node.items, step) : undefined;
    const child: unknown = isSeq(node) ? node.items[Number(step)] : pair?.value;
    const key = startOf(pair?.key);
    if (key === undefined && startOf(child) === undefined) return offset;
    const value = isMissing(child) ? key : startOf(child);
    const last = index === path.length - 1;
    offset = (last && want === 'key' ? (key ?? value) : (value ?? key)) ?? offset;
    node = child;
  }
  return offset;
}

function findPair(items: readonly Pair[], key: string | number): Pair | undefined {
  return items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === key);
}

/** `key:` with nothing after it has a value without a place of its own. */
function isMissing(node: unknown): boolean {
  return isScalar(node) && node.range !== undefined && node.range !== null && node.range[0] === node.range[1];
}

function startOf(node: unknown): number | undefined {
  if (!isScalar(node) && !isCollection(node) && !isAlias(node)) return undefined;
  return node.range?.[0];
}

function unreadable(offset: number, text: string, message: string): YamlDocument {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  const place = { line, column: offset - before.lastIndexOf('\n') };
  return {
    data: undefined,
    document: undefined,
    faults: [{ ...place, message }],
    positionOf: () => place,
    keyPositionOf: () => place,
  };
}
