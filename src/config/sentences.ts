import type * as z from 'zod';
import type { KeyPath } from './diagnostics.js';
import { jsonSchema, type JsonSchema } from './json-schema.js';
import { nearest } from './nearest.js';

/** One thing that the written configuration does wrong, at a place of the data. */
export interface Mistake {
  readonly path: KeyPath;
  /** Whether the key itself is wrong or what it holds. */
  readonly at: 'key' | 'value';
  readonly message: string;
}

/** Keys that hold secrets in other programs. Here a secret lies in a file, an agent or the environment. */
const SECRET_KEYS: Readonly<Record<string, string>> = {
  password: 'passwords are not used and secrets never stand in this file; log in with "key_file" or "agent"',
  passphrase: 'secrets never stand in this file; use "passphrase_file" or "passphrase_env"',
  key: 'secrets never stand in this file; put the private key into a file and name it as "key_file"',
  private_key: 'secrets never stand in this file; put the private key into a file and name it as "key_file"',
};

/** Names of the kinds that zod expects, with the way to write them. */
const SHAPES: Readonly<Record<string, string>> = {
  object: 'a map; write its keys on indented lines below it',
  record: 'a map; write its keys on indented lines below it',
  array: 'a list; write its items on lines that start with "- "',
};

/** The words for what zod found and the schema does not word itself. Handed to zod as its error map. */
export function wordIssue(issue: z.core.$ZodRawIssue): string {
  if (issue.input === undefined) return 'is missing; add it';
  if (issue.input === null) return 'has no value; write one, or remove the key';
  if (issue.code === 'invalid_type' && issue.expected === 'string') {
    return typeof issue.input === 'object'
      ? 'must be text; write one value'
      : 'must be text; put it in quotes';
  }
  if (issue.code === 'invalid_type') return `must be ${SHAPES[issue.expected] ?? issue.expected}`;
  return 'is not allowed here; see docs/configuration.md';
}

/** The JSON Schema of a whole file; asked for only when there is something to say. */
export type RootSchema = () => JsonSchema;

/**
 * Every mistake behind zod's issues, with its subject in front of its message.
 *
 * @param schema of the file, for the keys that it knows; that of pipefleet.yml when left out
 */
export function mistakesOf(issues: readonly z.core.$ZodIssue[], schema = configSchema): Mistake[] {
  return issues.flatMap((issue) => mistakesOfIssue(issue, [], schema));
}

function mistakesOfIssue(issue: z.core.$ZodIssue, parent: KeyPath, schema: RootSchema): Mistake[] {
  const path = [...parent, ...(issue.path as (string | number)[])];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        path: [...path, key],
        at: 'key',
        message: unknownKey(path, key, schema),
      }));
    case 'invalid_key':
      return issue.issues.map(({ message }) => ({ path, at: 'key', message: `${subject(path)} ${message}` }));
    case 'invalid_union': {
      const meant = issue.errors.find((branch) => !branch.some((inner) => inner.path.length === 0));
      if (meant !== undefined) return meant.flatMap((inner) => mistakesOfIssue(inner, path, schema));
      break;
    }
    default:
  }
  const hint = issue.message === 'is missing; add it' ? example(path, schema) : '';
  return [{ path, at: 'value', message: `${subject(path)} ${issue.message}${hint}` }];
}

/** What a message is about: the key, or the item of the list under a key. */
export function subject(path: KeyPath): string {
  const last = path.at(-1);
  if (typeof last !== 'number') return last === undefined ? 'the file' : quoted(last);
  const list = path.at(-2);
  return `${list === undefined ? '' : `${quoted(String(list))} `}item ${last + 1}`;
}

function unknownKey(path: KeyPath, key: string, schema: RootSchema): string {
  const secret = Object.hasOwn(SECRET_KEYS, key) ? SECRET_KEYS[key] : undefined;
  if (secret !== undefined) return `${quoted(key)} is not a key here: ${secret}`;
  if (key === '<<') return 'merge keys ("<<") are not read; write what nodes share under "defaults"';
  const known = Object.keys(schemaAt(path, schema)?.properties ?? {});
  const meant = nearest(key, known);
  const mend = meant === undefined ? `known here: ${known.join(', ')}` : `did you mean "${meant}"?`;
  return `${quoted(key)} is not a known key; ${mend}`;
}

function example(path: KeyPath, schema: RootSchema): string {
  const value = schemaAt(path, schema)?.examples?.[0];
  return value === undefined
    ? ''
    : ` such as "${String(path.at(-1))}: ${JSON.stringify(value).replaceAll('"', '')}"`;
}

/** Made for the first mistake, and kept: a good file never needs it. */
let kept: JsonSchema | undefined;

function configSchema(): JsonSchema {
  kept ??= jsonSchema();
  return kept;
}

function schemaAt(path: KeyPath, root: RootSchema): JsonSchema | undefined {
  let schema: JsonSchema | undefined = root();
  for (const step of path) {
    if (schema === undefined) return undefined;
    const other: JsonSchema | undefined =
      schema.additionalProperties === false ? undefined : schema.additionalProperties;
    schema = typeof step === 'number' ? schema.items : (schema.properties?.[step] ?? other);
  }
  return schema;
}

/** A key of the file, kept short and free of what a terminal would obey. */
function quoted(key: string): string {
  const plain = key.replaceAll(/\p{Cc}/gu, '\uFFFD');
  return `"${plain.length > 40 ? `${plain.slice(0, 40)}…` : plain}"`;
}
