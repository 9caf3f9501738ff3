import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { DEFAULT_SOFTWARE } from '../core/software.js';
import { jsonSchema, renderJsonSchema, type JsonSchema } from './json-schema.js';

const ROOT = join(import.meta.dirname, '../..');

/** Every key of the schema as a path, with its schema. */
function* keysOf(schema: JsonSchema, path = ''): Generator<[path: string, key: string, schema: JsonSchema]> {
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    yield [`${path}/${key}`, key, property];
    yield* keysOf(property, `${path}/${key}`);
  }
  if (schema.items !== undefined) yield* keysOf(schema.items, path);
  if (typeof schema.additionalProperties === 'object')
    yield* keysOf(schema.additionalProperties, `${path}/*`);
}

const keys = [...keysOf(jsonSchema())];

describe('the JSON Schema', () => {
  const validate = new Ajv().compile(JSON.parse(renderJsonSchema()) as object);
  const example: unknown = parse(readFileSync(join(ROOT, 'pipefleet.example.yml'), 'utf8'));

  test('docs/pipefleet.schema.json is what the code says; `npm run generate` writes it anew', () => {
    expect(readFileSync(join(ROOT, 'docs/pipefleet.schema.json'), 'utf8')).toBe(renderJsonSchema());
  });

  test('accepts the example', () => {
    expect(validate(example)).toBe(true);
  });

  test.each([
    ['an unknown key', { ...(example as object), listn: '127.0.0.1:1' }],
    ['an unknown key of a node', { nodes: [{ name: 'a', host: 'b', prot: 22 }] }],
    ['a node without a host', { nodes: [{ name: 'a' }] }],
    ['a label that Prometheus keeps for itself', { defaults: { labels: { __address__: 'x' } } }],
    ['a duration without a unit', { limits: { idle: '10' } }],
    ['a size without a unit', { limits: { output_size: '10' } }],
    ['a name with a space', { nodes: [{ name: 'a b', host: 'c' }] }],
  ])('refuses %s', (_what, written) => {
    expect(validate(written)).toBe(false);
  });

  test('describes every key in a sentence', () => {
    expect(keys.length).toBeGreaterThan(35);
    for (const [path, , { description }] of keys) {
      expect([path, description]).toEqual([path, expect.stringMatching(/^[A-Z].*\.$|^host:port .*\.$/s)]);
    }
  });
});

test('docs/configuration.md explains every key and states its default', () => {
  const lines = readFileSync(join(ROOT, 'docs/configuration.md'), 'utf8').split('\n');
  for (const [path, key, schema] of keys) {
    const found = lines.filter((line) => line.startsWith('|') && line.includes(`\`${key}\``));
    expect([path, found.length > 0]).toEqual([path, true]);
    const value = schema.default;
    if (typeof value !== 'string' && typeof value !== 'number') continue;
    expect([path, found.some((line) => line.includes(String(value)))]).toEqual([path, true]);
  }
});

test('docs/configuration.md states the defaults of the software, which no single key has', () => {
  const lines = readFileSync(join(ROOT, 'docs/configuration.md'), 'utf8').split('\n');
  for (const [name, value] of Object.entries(DEFAULT_SOFTWARE)) {
    const key = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const shown = Array.isArray(value) ? `[${value.join(', ')}]` : String(value);
    expect(lines.filter((line) => line.startsWith(`| \`${key}\` | \`${shown}\` |`))).toHaveLength(1);
  }
});
