import { guardOwn } from './anchors.js';
import { setPair, type Placement } from './collection-edit.js';
import { lineEnd, lineStart, previousEnd } from './lines.js';
import { asMap, asWritten, withKey } from './plain-data.js';
import { pairText, type Writable } from './render.js';
import { readSource, type Source } from './source.js';
import { applySplices, type Splice } from './splice.js';
import { styleOf, type Style } from './style.js';
import { verified } from './verify.js';

/**
 * The text with a key of the top, such as known_hosts, set to a value, whatever it had. A new key stands at the end.
 *
 * @throws {PipefleetError} `config_invalid` when the text is no readable YAML map, or an alias refers to what is replaced
 */
export function setTopLevel(text: string, key: string, value: Writable): string {
  const source = readSource(text);
  const changed = applySplices(text, setTopPair(source, styleOf(source), key, value));
  return verified(changed, withKey(asMap(source.data), key, asWritten(value)));
}

/** The change that sets a key of the top. */
export function setTopPair(
  source: Source,
  style: Style,
  key: string,
  value: Writable,
  placement: Placement = {},
): Splice[] {
  const { root } = source;
  guardOwn(source, root);
  const isThere = Object.hasOwn(asMap(source.data), key);
  if (root !== undefined && (isThere || root.flow === true))
    return setPair(source, style, root, key, value, placement);
  const pair = pairText(key, value, 0, style, placement.flow ?? style.isFlow(key));
  return [appendPair(source, pair)];
}

/** Behind everything that is written, also behind comments, with a blank line before it. */
function appendPair({ text, document, newline }: Source, pair: string): Splice {
  const from = document.range[1];
  const marker = /^\.\.\.(?=\s|$)/m.exec(text.slice(from));
  const stop = marker === null ? text.length : from + marker.index;
  const written = text.slice(0, stop).trimEnd().length;
  if (written === 0) return { start: stop, end: stop, text: pair + newline };
  const at = lineEnd(text, written);
  const line = text.slice(lineStart(text, at), at);
  const above = previousEnd(text, at);
  const joined = line.startsWith('---') && above === undefined;
  return { start: at, end: at, text: newline + (joined ? '' : newline) + pair };
}
