import type { DesiredKey } from './desired.js';

/** A line of authorized_keys that holds a key. */
export interface KeyLine {
  readonly text: string;
  /** The key in base64. */
  readonly blob: string;
  /** Whether its forced command is a gate of pipefleet's, of this fleet or another. */
  readonly gated: boolean;
}

/** Options, if any, in which blanks may be between quotes; then the type and the key. */
const KEY =
  /^\s*(?:(?!(?:ssh|ecdsa|sk)-)(?:[^\s"]|"(?:[^"\\]|\\.)*")+\s+)?(?:ssh|ecdsa|sk)-[\w@.-]+\s+(?<blob>AAAA[A-Za-z0-9+/]+={0,2})(?:\s|$)/;
/** What only a line of pipefleet's has: a forced command that is a gate with a purpose. */
const GATED = /(?:^|,)command="[^"]*\/pipefleet\/gate [a-z]+"/;

/** The lines of an authorized_keys file that hold a key; see sshd(8), AUTHORIZED_KEYS FILE FORMAT. */
export function keyLinesOf(text: string): KeyLine[] {
  return text.split('\n').flatMap((line) => {
    const blob = line.trimStart().startsWith('#') ? undefined : KEY.exec(line)?.groups?.['blob'];
    return blob === undefined ? [] : [{ text: line, blob, gated: GATED.test(line) }];
  });
}

/** What becomes of an authorized_keys file. */
export interface MergedKeys {
  readonly text: string;
  /** Whether the file has the wanted lines, each once, and no other about these keys, in whatever order. */
  readonly right: boolean;
  /** Keys that were not there. */
  readonly added: number;
  /** Keys that this fleet has put there and wants no more. */
  readonly removed: number;
  /** Keys that others have put there, which stay. */
  readonly foreign: number;
}

/**
 * What `changeKeys` makes of a file: every line that is about none of these keys, in its place, then the wanted lines. A wanted key
 * that is there under other options loses those: it must not have two lines, of which one is open.
 *
 * @param listed keys that this fleet has put there, in base64
 */
export function mergeKeys(
  text: string,
  listed: readonly string[],
  wanted: readonly DesiredKey[],
): MergedKeys {
  const drop = droppedKeys(listed, wanted);
  const before = keyLinesOf(text);
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const isOurs = (line: string): boolean => drop.some((blob) => line.includes(blob));
  const rest = lines.filter((line) => !isOurs(line));
  const blobs = new Set(wanted.map(({ blob }) => blob));
  return {
    text: [...rest, ...wanted.map(({ line }) => line)].map((line) => `${line}\n`).join(''),
    right: sameLines(
      lines.filter(isOurs),
      wanted.map(({ line }) => line),
    ),
    added: wanted.filter(({ blob }) => !before.some((line) => line.blob === blob)).length,
    removed: before.filter(({ blob }) => listed.includes(blob) && !blobs.has(blob)).length,
    foreign: before.filter(({ blob }) => !drop.includes(blob)).length,
  };
}

function sameLines(some: readonly string[], others: readonly string[]): boolean {
  return [...some].sort().join('\n') === [...others].sort().join('\n');
}

/** The keys of which every line goes, before those that are wanted are added. */
export function droppedKeys(listed: readonly string[], wanted: readonly DesiredKey[]): readonly string[] {
  return [...new Set([...listed, ...wanted.map(({ blob }) => blob)])];
}
