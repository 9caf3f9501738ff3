import { codeOf, PipefleetError } from '../core/errors.js';
import { readText } from '../core/read-bounded.js';
import type { Found } from '../inventory/import/candidate.js';
import { importFormats, READERS } from '../inventory/import/readers.js';

/**
 * Reads a file that `nodes import` was given.
 *
 * @throws {PipefleetError} `usage` for a format that there is not, or a file that cannot be read
 */
export async function readImport(format: string, file: string): Promise<Found> {
  const known = importFormats.find((each) => each === format);
  if (known === undefined) {
    throw new PipefleetError(
      'usage',
      `There is no format ${JSON.stringify(format)}; there is ${importFormats.join(', ')}.`,
    );
  }
  const text = await readText(file).catch((cause: unknown) => {
    throw new PipefleetError('usage', `${file} cannot be read (${codeOf(cause) ?? 'unknown error'}).`, {
      cause,
    });
  });
  return READERS[known](text);
}
