import * as z from 'zod';
import { writtenConfig } from './written.js';

/** The part of JSON Schema that describes pipefleet.yml. */
export interface JsonSchema {
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | false;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

/** pipefleet.yml as JSON Schema draft 7, the draft that YAML editors read. */
export function jsonSchema(): JsonSchema {
  return z.toJSONSchema(writtenConfig, { io: 'input', target: 'draft-07' }) as JsonSchema;
}

/** The text of docs/pipefleet.schema.json. */
export function renderJsonSchema(): string {
  return `${JSON.stringify(jsonSchema(), null, 2)}\n`;
}
