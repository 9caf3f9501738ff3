import { isAlias, isMap, isScalar, visit, type Document, type YAMLMap } from 'yaml';
import { PipefleetError } from '../../core/errors.js';
import { formatProblem } from '../diagnostics.js';
import { readYaml } from '../yaml-document.js';

/** A text of pipefleet.yml with the places of everything in it. */
export interface Source {
  readonly text: string;
  readonly document: Document.Parsed;
  /** The same as plain data; null when nothing is written yet. */
  readonly data: unknown;
  /** The map of the whole file; undefined when nothing is written yet. */
  readonly root: YAMLMap | undefined;
  /** What its lines end with. */
  readonly newline: '\n' | '\r\n';
  readonly aliases: readonly AliasPlace[];
}

/** A use of an anchor. */
export interface AliasPlace {
  readonly anchor: string;
  readonly offset: number;
}

/**
 * Reads a text that is to be changed.
 *
 * @throws {PipefleetError} `config_invalid` when it is not readable YAML, or not a map
 */
export function readSource(text: string): Source {
  const { data, document, faults } = readYaml(text);
  if (faults.length > 0 || document === undefined) {
    const problems = faults.map((fault) => formatProblem({ file: 'pipefleet.yml', ...fault }));
    throw new PipefleetError('config_invalid', problems.join('\n'));
  }
  const { contents } = document;
  if (data !== null && !isMap(contents)) {
    throw new PipefleetError(
      'config_invalid',
      'pipefleet.yml is not a map of keys; start from pipefleet.example.yml',
    );
  }
  const aliases: AliasPlace[] = [];
  visit(document, {
    Alias: (_key, node) => void aliases.push({ anchor: node.source, offset: node.range?.[0] ?? 0 }),
  });
  return {
    text,
    document,
    data,
    root: isMap(contents) ? contents : undefined,
    newline: text.includes('\r\n') ? '\r\n' : '\n',
    aliases,
  };
}

/** What stands under a key of a map, as a place in the source; undefined where the key is missing. */
export function childOf(map: YAMLMap, key: string): unknown {
  const pair = map.items.find((item) => isScalar(item.key) && item.key.value === key);
  return pair === undefined ? undefined : (pair.value ?? null);
}

/** Whether a place holds nothing: `key:` with nothing after it, or null. */
export function isNothing(node: unknown): boolean {
  return node === undefined || node === null || (!isAlias(node) && isScalar(node) && node.value === null);
}
