import { readCount } from './text.js';

/**
 * The count that is all of a file's text; undefined when the node has no such file, or refused to read it out.
 *
 * @throws {ParseError} when the file holds anything else
 */
export function readCountOf(files: ReadonlyMap<string, string>, path: string): number | undefined {
  const text = files.get(path)?.trim() ?? '';
  return text === '' ? undefined : readCount(text, path);
}
