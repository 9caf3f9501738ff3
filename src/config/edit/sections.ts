import { isMap, type YAMLMap } from 'yaml';
import { PipefleetError } from '../../core/errors.js';
import { suggestion } from '../rule-tools.js';
import { guardOwn } from './anchors.js';
import { removeEntries, setPair } from './collection-edit.js';
import { entriesOf, isFlow } from './entries.js';
import { lineEnd } from './lines.js';
import { asMap, asWritten, withKey, type DataMap } from './plain-data.js';
import type { Writable } from './render.js';
import {
  CREDENTIAL_KEYS,
  type CredentialChange,
  type CredentialEntry,
  type JumpHostEntry,
} from './section-entries.js';
import { childOf, readSource, type Source } from './source.js';
import { applySplices, type Splice } from './splice.js';
import { styleOf } from './style.js';
import { setTopPair } from './top-level.js';
import { verified } from './verify.js';

type Section = 'credentials' | 'jump_hosts';

/**
 * The text with a credential more.
 *
 * @throws {PipefleetError} `usage` when one of that name is there, else as the functions of nodes.ts
 */
export function addCredential(text: string, name: string, entry: CredentialEntry): string {
  return addTo(text, 'credentials', name, { ...entry });
}

/** The text with a jump host more. @throws as {@link addCredential} */
export function addJumpHost(text: string, name: string, entry: JumpHostEntry): string {
  return addTo(text, 'jump_hosts', name, { ...entry });
}

/**
 * The text with some keys of a credential changed.
 *
 * @throws {PipefleetError} `usage` when it is not there, else as the functions of nodes.ts
 */
export function changeCredential(text: string, name: string, change: CredentialChange): string {
  let changed = text;
  for (const [key, value] of Object.entries(change)) {
    if (value !== undefined) changed = changeKey(changed, 'credentials', name, key, value);
  }
  return changed;
}

/** The text without a credential. @throws as {@link changeCredential} */
export function removeCredential(text: string, name: string): string {
  return removeFrom(text, 'credentials', name);
}

/** The text without a jump host. @throws as {@link changeCredential} */
export function removeJumpHost(text: string, name: string): string {
  return removeFrom(text, 'jump_hosts', name);
}

function addTo(text: string, section: Section, name: string, entry: Writable): string {
  const source = readSource(text);
  const style = styleOf(source);
  const data = asMap(asMap(source.data)[section]);
  if (Object.hasOwn(data, name)) throw new PipefleetError('usage', existingSentence(section, name));
  const map = source.root === undefined ? undefined : childOf(source.root, section);
  guardOwn(source, map);
  let splices: Splice[];
  if (isMap(map) && map.items.length > 0) {
    const last = map.items.at(-1)?.value;
    splices = setPair(source, style, map, name, entry, { flow: isMap(last) && isFlow(last) });
  } else {
    splices = setTopPair(source, style, section, { [name]: entry }, { flow: false });
  }
  return finish(source, section, withKey(data, name, asWritten(entry)), splices);
}

function changeKey(
  text: string,
  section: Section,
  name: string,
  key: string,
  value: Writable | null,
): string {
  const source = readSource(text);
  const { data, map } = openSection(source, section, name);
  const entry = childOf(map, name);
  guardOwn(source, entry);
  const said = asMap(data[name]);
  if (!isMap(entry) || (value === null && !Object.hasOwn(said, key))) return text;
  const index = entriesOf(entry).findIndex((one) => one.key === key);
  const splices =
    value === null
      ? removeEntries(source, entry, [index], keyLineEnd(source, map, name))
      : setPair(source, styleOf(source), entry, key, value, { order: CREDENTIAL_KEYS });
  const changed = withKey(said, key, value === null ? undefined : asWritten(value));
  return finish(source, section, withKey(data, name, changed), splices);
}

function removeFrom(text: string, section: Section, name: string): string {
  const source = readSource(text);
  const { data, map, keyEnd } = openSection(source, section, name);
  const entries = entriesOf(map);
  const splices =
    entries.length === 1
      ? setTopPair(source, styleOf(source), section, {})
      : removeEntries(source, map, [entries.findIndex(({ key }) => key === name)], keyEnd);
  return finish(source, section, withKey(data, name, undefined), splices);
}

interface OpenSection {
  /** What all of it says. */
  readonly data: DataMap;
  readonly map: YAMLMap;
  /** Where the line of its key ends. */
  readonly keyEnd: number;
}

/** The section that has an entry of that name. */
function openSection(source: Source, section: Section, name: string): OpenSection {
  const { root } = source;
  const data = asMap(asMap(source.data)[section]);
  const map = root === undefined ? undefined : childOf(root, section);
  guardOwn(source, map);
  if (root === undefined || !isMap(map) || !Object.hasOwn(data, name))
    throw new PipefleetError('usage', missingSentence(section, name, Object.keys(data)));
  return { data, map, keyEnd: keyLineEnd(source, root, section) };
}

function keyLineEnd({ text }: Source, map: YAMLMap, key: string): number {
  return lineEnd(text, entriesOf(map).find((entry) => entry.key === key)?.colonEnd ?? 0);
}

function finish(source: Source, section: Section, data: DataMap, splices: readonly Splice[]): string {
  return verified(applySplices(source.text, splices), withKey(asMap(source.data), section, data));
}

function existingSentence(section: Section, name: string): string {
  return `${JSON.stringify(name)} stands under "${section}" of pipefleet.yml already; choose another name.`;
}

function missingSentence(section: Section, name: string, known: readonly string[]): string {
  const mend = known.length === 0 ? 'nothing is there' : suggestion(name, known);
  return `${JSON.stringify(name)} does not stand under "${section}" of pipefleet.yml; ${mend}`;
}
