import { FILE_HEADERS_ONLY, createTwoFilesPatch } from 'diff';

/**
 * What changes from one text to another, as a unified diff with three lines around each change; empty where nothing does.
 *
 * @param name of the file in the head of the diff
 */
export function diffLines(before: string, after: string, name = 'pipefleet.yml'): string {
  if (before === after) return '';
  const options = { context: 3, headerOptions: FILE_HEADERS_ONLY };
  return createTwoFilesPatch(name, name, before, after, undefined, undefined, options);
}
