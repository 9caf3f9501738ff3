import type { DesiredKey } from './desired.js';
import { trimTrailing } from '../../core/text.js';

/** A line of authorized_keys that holds a key. */
export interface KeyLine {
  readonly text: string;
  /** The key in base64. */
  readonly blob: string;
  /** Whether pipefleet has put it there: its forced command is the gate. */
  readonly ours: boolean;
}

/** Options, if any, in which blanks stand between quotes; then the type and the key. */
const KEY =
  /^\s*(?:(?!(?:ssh|ecdsa|sk)-)(?:[^\s"]|"(?:[^"\\]|\\.)*")+\s+)?(?:ssh|ecdsa|sk)-[\w@.-]+\s+(?<blob>AAAA[A-Za-z0-9+/]+={0,2})(?:\s|$)/;
/** What only a line of pipefleet's has: a forced command that is a gate with a purpose. */
const OURS = /(?:^|,)command="[^"]*\/pipefleet\/gate [a-z]+"/;

/** The lines of an authorized_keys file that hold a key; see sshd(8), AUTHORIZED_KEYS FILE FORMAT. */
export function keyLinesOf(text: string): KeyLine[] {
  return text.split('\n').flatMap((line) => {
    const blob = line.trimStart().startsWith('#') ? undefined : KEY.exec(line)?.groups?.['blob'];
    return blob === undefined ? [] : [{ text: line, blob, ours: OURS.test(line) }];
  });
}

/** What becomes of an authorized_keys file. */
export interface MergedKeys {
  readonly text: string;
  /** Keys that were not there. */
  readonly added: number;
  /** Lines of pipefleet's that are wanted no more. */
  readonly removed: number;
  /** Keys that somebody else has put there, which stay. */
  readonly foreign: number;
}

/**
 * The file with exactly the wanted keys of pipefleet's and everything that is not pipefleet's, in its place. A wanted key that
 * stands there under other options loses those: it must not have two lines, of which one is open.
 */
export function mergeKeys(text: string, wanted: readonly DesiredKey[]): MergedKeys {
  const blobs = new Set(wanted.map(({ blob }) => blob));
  const lines = text.split('\n');
  const known = new Map(keyLinesOf(text).map((line) => [line.text, line]));
  const rest = lines.filter((line) => {
    const key = known.get(line);
    return key === undefined || (!key.ours && !blobs.has(key.blob));
  });
  const before = keyLinesOf(text);
  const kept = trimTrailing(rest.join('\n'), '\n');
  return {
    text: [...(kept === '' ? [] : [kept]), ...wanted.map(({ line }) => line), ''].join('\n'),
    added: wanted.filter(({ blob }) => !before.some((line) => line.blob === blob)).length,
    removed: before.filter(({ ours, blob }) => ours && !blobs.has(blob)).length,
    foreign: before.filter(({ ours, blob }) => !ours && !blobs.has(blob)).length,
  };
}
