import { Document, stringify } from 'yaml';
import type { Style } from './style.js';

/** Maps and lists of scalars: what is written to pipefleet.yml. */
export type Writable =
  string | number | boolean | readonly Writable[] | { readonly [key: string]: Writable | undefined };

/** A value in one line, scalars quoted exactly where they must be. */
export function inlineText(value: Writable, style: Style): string {
  if (isList(value)) return `[${value.map((item) => inlineText(item, style)).join(', ')}]`;
  if (!isWritableMap(value)) return flowScalar(value);
  const pairs = pairsOf(value).map(([key, held]) => inlinePair(key, held, style));
  const blank = style.padded ? ' ' : '';
  return pairs.length === 0 ? '{}' : `{${blank}${pairs.join(', ')}${blank}}`;
}

/** A pair of a map in braces. */
export function inlinePair(key: string, value: Writable, style: Style): string {
  return `${flowScalar(key)}: ${inlineText(value, style)}`;
}

/**
 * A pair of a block map: its first line without indentation, the others with all of theirs.
 *
 * @param column of the key
 * @param flow whether a map or list as the value is written in one line
 */
export function pairText(key: string, value: Writable, column: number, style: Style, flow: boolean): string {
  return `${blockScalar(key)}:${valueText(value, column, style, flow)}`;
}

/** What follows the `:` of a pair of a block map, or its `-` without indentation. */
export function valueText(value: Writable, column: number, style: Style, flow: boolean): string {
  if (typeof value !== 'object' || isInline(value, flow)) return ` ${inBlockLine(value, style)}`;
  const inner = column + style.step;
  const start = style.newline + ' '.repeat(inner);
  if (isList(value))
    return value.map((item) => `${start}- ${itemText(item, inner + 2, style, false)}`).join('');
  return start + mapText(value, inner, style);
}

/** An item of a block list, without its `- `. */
export function itemText(value: Writable, column: number, style: Style, flow: boolean): string {
  if (isWritableMap(value) && !isInline(value, flow)) return mapText(value, column, style);
  return inBlockLine(value, style);
}

/** Whether a value is written in the line of its key. */
export function isInline(value: Writable, flow: boolean): boolean {
  return typeof value !== 'object' || flow || Object.keys(value).length === 0;
}

function mapText(map: Readonly<Record<string, Writable | undefined>>, column: number, style: Style): string {
  return pairsOf(map)
    .map(([key, value]) => pairText(key, value, column, style, style.isFlow(key)))
    .join(style.newline + ' '.repeat(column));
}

/**
 * As the library writes it in a list in brackets, which needs more quotes than a line of its own. IPv6 addresses get them in any
 * case: not every reader of YAML takes a bare "::1" there.
 */
function flowScalar(value: Writable): string {
  if (typeof value === 'string' && value.includes(':') && /^[\w.:%/*-]+$/.test(value)) return `"${value}"`;
  const document = new Document();
  const list = document.createNode([value], { flow: true });
  document.contents = list;
  return document.toString({ lineWidth: 0, flowCollectionPadding: false }).trim().slice(1, -1);
}

/** A line break would make it a text of several lines, which brackets know not. */
function blockScalar(value: Writable): string {
  if (typeof value === 'string' && /[\r\n]/.test(value)) return flowScalar(value);
  return stringify({ k: value }, { lineWidth: 0 }).slice(3).trimEnd();
}

function inBlockLine(value: Writable, style: Style): string {
  return typeof value === 'object' ? inlineText(value, style) : blockScalar(value);
}

function isList(value: Writable): value is readonly Writable[] {
  return Array.isArray(value);
}

function isWritableMap(value: Writable): value is Readonly<Record<string, Writable | undefined>> {
  return typeof value === 'object' && !isList(value);
}

function pairsOf(map: Readonly<Record<string, Writable | undefined>>): [string, Writable][] {
  return Object.entries(map).filter((pair): pair is [string, Writable] => pair[1] !== undefined);
}
