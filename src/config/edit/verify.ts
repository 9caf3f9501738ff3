import { isDeepStrictEqual } from 'node:util';
import { PipefleetError } from '../../core/errors.js';
import { readYaml } from '../yaml-document.js';

/**
 * The changed text, once it is proven to say what it should and nothing else.
 *
 * @param expected what it says, as plain data
 * @throws {PipefleetError} `internal` when it says something else, which no way of writing YAML should bring about
 */
export function verified(changed: string, expected: unknown): string {
  const { data, faults } = readYaml(changed);
  if (faults.length === 0 && isDeepStrictEqual(data, expected)) return changed;
  throw new PipefleetError(
    'internal',
    'pipefleet.yml is written in a way that pipefleet cannot change without harm, and was left as it is; make the change by hand.',
  );
}
