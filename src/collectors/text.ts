import { ParseError } from './collector.js';
import type { CollectorInput, Sample } from './collector.js';
import { FILE_BYTES } from './limits.js';

/** Up to the 20 digits of an unsigned 64-bit number; the kernel prints counts no other way. */
const COUNT = /^\d{1,20}$/;
/** Up to the 16 digits of 64 bits, with or without `0x`. */
const HEX = /^(?:0x)?[0-9a-f]{1,16}$/i;
const DECIMAL = /^\d{1,20}(?:\.\d+)?$/;
const INTEGER = /^-?\d{1,20}$/;
const BLANKS = /\s+/;
const QUOTED_LENGTH = 40;
const PLACE_LENGTH = 100;

/**
 * A count as the kernel prints it. Counts past 2^53 are rounded, as they are in Prometheus's own samples.
 *
 * @param place what is being read, for the message: `/proc/stat: ctxt`
 * @throws {ParseError} when the word is missing or not a count
 */
export function readCount(word: string | undefined, place: string): number {
  if (word === undefined || !COUNT.test(word)) throw unexpected(place, word, 'a count');
  return Number(word);
}

/**
 * The count that is all of a file's text; undefined when the node has no such file, or refused to read it out.
 *
 * @throws {ParseError} when the file holds anything else
 */
export function readCountOf(files: ReadonlyMap<string, string>, path: string): number | undefined {
  const text = files.get(path)?.trim() ?? '';
  return text === '' ? undefined : readCount(text, path);
}

/**
 * A number with an optional fraction, such as `0.25`.
 *
 * @throws {ParseError} when the word is missing or not such a number
 */
export function readDecimal(word: string | undefined, place: string): number {
  if (word === undefined || !DECIMAL.test(word)) throw unexpected(place, word, 'a number');
  return Number(word);
}

/**
 * A count in hexadecimal digits, such as `0000001f`.
 *
 * @throws {ParseError} when the word is missing or not such a count
 */
export function readHex(word: string | undefined, place: string): number {
  if (word === undefined || !HEX.test(word)) throw unexpected(place, word, 'a hexadecimal count');
  return Number.parseInt(word, 16);
}

/**
 * A whole number that may be negative, as sysfs has them.
 *
 * @throws {ParseError} when the word is missing or not such a number
 */
export function readInteger(word: string | undefined, place: string): number {
  if (word === undefined || !INTEGER.test(word)) throw unexpected(place, word, 'a whole number');
  return Number(word);
}

/** The words of a line, without the blanks around them. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let start = -1;
  for (let at = 0; at < line.length; at++) {
    const code = line.charCodeAt(at);
    // Rare on a node; the regular expression knows all blanks of Unicode.
    if (code > 127) return line.split(BLANKS).filter((word) => word !== '');
    if (code === 32 || (code >= 9 && code <= 13)) {
      if (start >= 0) words.push(line.slice(start, at));
      start = -1;
    } else if (start < 0) start = at;
  }
  if (start >= 0) words.push(line.slice(start));
  return words;
}

/** The lines of a text that hold more than blanks. */
export function splitLines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '' && line.trim() !== '');
}

/** The rest of the first line that begins with a name and a blank; undefined when there is none. */
export function fieldOf(text: string, name: string): string | undefined {
  const start = text.startsWith(`${name} `) ? 0 : text.indexOf(`\n${name} `) + 1;
  if (start === 0 && !text.startsWith(`${name} `)) return undefined;
  const end = text.indexOf('\n', start);
  return text.slice(start + name.length + 1, end < 0 ? undefined : end);
}

/**
 * The samples of one file, or none when the node has no such file.
 *
 * @throws {ParseError} what `read` throws, and when the file is empty
 */
export function parseFile(input: CollectorInput, path: string, read: (text: string) => Sample[]): Sample[] {
  const text = input.files.get(path);
  if (text === undefined) return [];
  if (text.trim() === '') throw new ParseError(`${path} is empty.`);
  return read(text);
}

/**
 * Makes sure that a file is known to its end, where a part of it would give wrong sums.
 *
 * @throws {ParseError} when as much arrived as is read of a file at most
 */
export function requireWhole(path: string, text: string): void {
  if (text.length < FILE_BYTES) return;
  throw new ParseError(`${path} is larger than the ${FILE_BYTES} bytes that are read of a file.`);
}

function unexpected(place: string, word: string | undefined, wanted: string): ParseError {
  const found = word === undefined ? 'nothing' : JSON.stringify(word.slice(0, QUOTED_LENGTH));
  return new ParseError(`${place.slice(0, PLACE_LENGTH)} has ${found} where ${wanted} belongs.`);
}
