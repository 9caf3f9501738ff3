import { ParseError } from './collector.js';
import { readCount } from './text.js';

/** More than any kernel is built for (8192); with ascending ranges, it keeps a damaged list from filling the memory. */
const MOST_PROCESSORS = 65_536;

const RANGE = /^(?<first>[^-]*)(?:-(?<last>.*))?$/;

/**
 * The numbers of a list of processors such as `0-3,8`, see the kernel's Documentation/admin-guide/cputopology.rst; none for
 * an empty list.
 *
 * @param place what is being read, for the message
 * @throws {ParseError} when the text is no such list, or not in ascending order
 */
export function readCpuList(text: string, place: string): Set<number> {
  const numbers = new Set<number>();
  const list = text.trim();
  if (list === '') return numbers;
  let next = 0;
  for (const range of list.split(',')) {
    const { first, last = first } = RANGE.exec(range)?.groups ?? {};
    const end = readCount(last, place);
    let number = readCount(first, place);
    if (number < next || end < number || end >= MOST_PROCESSORS)
      throw new ParseError(`${place} is no ascending list of fewer than ${MOST_PROCESSORS} processors.`);
    for (; number <= end; number++) numbers.add(number);
    next = number;
  }
  return numbers;
}
