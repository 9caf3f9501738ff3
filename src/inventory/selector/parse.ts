import { PipefleetError } from '../../core/errors.js';
import type { Expression, ValuePattern } from './expression.js';

/** Parentheses and `!` inside each other; more is no question that a person asks, and would overflow the stack. */
const MAX_DEPTH = 50;

/** What ends a name, key or value that does not stand in quotes. */
const WORD = /[^,|()="]*/y;
const SPACE = /\s*/y;

/**
 * Understands one selector:
 *
 *     any   = all { "|" all }
 *     all   = one { "," one }
 *     one   = "!" one | "(" any ")" | "@" SET | VALUE | KEY ( "=" | "!=" ) VALUE
 *     VALUE = text without , | ( ) = " or text in double quotes, in which \" is " and \\ is \
 *
 * @throws {PipefleetError} `usage`, with the column of the mistake
 */
export function parseSelector(text: string): Expression {
  let at = 0;
  let depth = 0;

  const fail = (column: number, what: string): never => {
    throw noSelector(text, column, what);
  };
  const take = (expression: RegExp): string => {
    expression.lastIndex = at;
    const found = expression.exec(text)?.[0] ?? '';
    at += found.length;
    return found;
  };
  const next = (): string => {
    take(SPACE);
    return text[at] ?? '';
  };
  const listOf = (separator: string, one: () => Expression): Expression[] => {
    const found = [one()];
    while (next() === separator) {
      at++;
      found.push(one());
    }
    return found;
  };
  const deeper = (inner: () => Expression): Expression => {
    if (++depth > MAX_DEPTH)
      fail(at, `more than ${MAX_DEPTH} parentheses and "!" lie inside each other; write it flatter`);
    const found = inner();
    depth--;
    return found;
  };

  const any = (): Expression => {
    const found = listOf('|', all);
    return found.length === 1 && found[0] !== undefined ? found[0] : { kind: 'any', of: found };
  };
  const all = (): Expression => {
    const found = listOf(',', one);
    return found.length === 1 && found[0] !== undefined ? found[0] : { kind: 'all', of: found };
  };
  const one = (): Expression => {
    const start = next();
    if (start === '!') {
      at++;
      return deeper(() => ({ kind: 'not', of: one() }));
    }
    return start === '(' ? deeper(group) : term();
  };
  const group = (): Expression => {
    const opened = ++at;
    const inner = any();
    if (next() !== ')') fail(opened, 'this "(" has no ")"; close it');
    at++;
    // A group stays one, so that (!a) is told from !a.
    return { kind: 'all', of: [inner] };
  };
  const term = (): Expression => {
    const column = at + 1;
    if (next() === '"') return { kind: 'name', value: quoted() };
    const word = take(WORD).trim();
    if (text[at] === '=') {
      const negated = word.endsWith('!');
      const key = negated ? word.slice(0, -1).trim() : word;
      if (key === '') fail(column, 'a name before "=" is missing; write group=NAME or LABEL=VALUE');
      at++;
      const property: Expression = { kind: 'property', key, value: value() };
      return negated ? { kind: 'all', of: [{ kind: 'not', of: property }] } : property;
    }
    if (word === '')
      fail(
        column,
        'a term is missing; write a name such as fra-1 or fra-*, group=NAME, LABEL=VALUE, or a set such as @failed',
      );
    if (word.startsWith('@')) return { kind: 'set', name: word.slice(1), column };
    return { kind: 'name', value: { text: word, literal: false } };
  };
  const value = (): ValuePattern => {
    const start = next();
    const column = at + 1;
    if (start === '"') return quoted();
    const word = take(WORD).trim();
    if (word === '') fail(column, 'a value is missing; write it after the "=", or * for any');
    if (text[at] === '=') fail(at + 1, 'a second "=" stands here; put a value that has one in double quotes');
    return { text: word, literal: false };
  };
  const quoted = (): ValuePattern => {
    const opened = ++at;
    let found = '';
    while (text[at] !== '"') {
      if (text[at] === '\\') at++;
      if (at >= text.length) fail(opened, 'this quote is not closed; write " after the value');
      found += text[at++] ?? '';
    }
    at++;
    return { text: found, literal: true };
  };

  const expression = any();
  if (next() !== '') fail(at + 1, LEFT_OVER[text[at] ?? ''] ?? 'write "," or "|" before this');
  return expression;
}

/** What is wrong with a character at which a term has ended. */
const LEFT_OVER: Readonly<Record<string, string>> = {
  ')': 'this ")" has no "(" before it; remove it',
  '"': 'a quote stands inside a value; put the whole value in double quotes',
  '(': 'a "(" follows a term; write "," or "|" between them',
};

/** The error about a selector, with the place of the mistake: a column from 1. */
export function noSelector(selector: string, column: number, what: string): PipefleetError {
  return new PipefleetError(
    'usage',
    `${JSON.stringify(selector)} is no selector: at column ${column} ${what}.`,
  );
}
