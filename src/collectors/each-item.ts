import { ParseError } from './collector.js';
import type { Sample } from './collector.js';

/**
 * The samples of items that have nothing to do with each other, such as devices. One that is of another form than documented takes no
 * other with it.
 *
 * @throws {ParseError} what `read` threw first, when no item gives samples: then it is the form that has changed
 */
export function readEach<T>(items: Iterable<T>, read: (item: T) => readonly Sample[]): Sample[] {
  const samples: Sample[] = [];
  let failure: ParseError | undefined;
  for (const item of items) {
    try {
      samples.push(...read(item));
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      failure ??= error;
    }
  }
  if (failure !== undefined && samples.length === 0) throw failure;
  return samples;
}
