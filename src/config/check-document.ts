import * as z from 'zod';
import { type Problem, sortProblems } from './diagnostics.js';
import type { JsonSchema } from './json-schema.js';
import { type Mistake, mistakesOf, wordIssue } from './sentences.js';
import { readYaml } from './yaml-document.js';

/** What a text says by a schema, or what is wrong with it: `data` is there exactly when `problems` is empty. */
export interface CheckedDocument<Data> {
  readonly data: Data | undefined;
  /** In reading order. */
  readonly problems: readonly Problem[];
  /** A mistake that was found later, at its place. */
  readonly problemOf: (mistake: Mistake) => Problem;
}

/**
 * Judges the text of a YAML file by a schema. A file of comments alone is an empty map.
 *
 * @param path named in problems as written
 */
export function checkDocument<Data>(
  text: string,
  path: string,
  schema: z.ZodType<Data>,
): CheckedDocument<Data> {
  const yaml = readYaml(text);
  const problemOf = ({ path: at, at: side, message }: Mistake): Problem => {
    const position = side === 'key' ? yaml.keyPositionOf(at) : yaml.positionOf(at);
    return { file: path, ...position, message };
  };
  const problems: Problem[] = yaml.faults.map((fault) => ({ file: path, ...fault }));
  const parsed = schema.safeParse(yaml.data ?? {}, { error: wordIssue });
  if (yaml.data !== undefined) {
    const shape = (): JsonSchema => z.toJSONSchema(schema, { io: 'input', target: 'draft-07' }) as JsonSchema;
    problems.push(...mistakesOf(parsed.error?.issues ?? [], shape).map(problemOf));
  }
  const data = parsed.success && problems.length === 0 ? parsed.data : undefined;
  return { data, problems: sortProblems(problems), problemOf };
}
