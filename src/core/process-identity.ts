import { readFileSync, readlinkSync } from 'node:fs';

/**
 * A process for good, in three words: its id, when it started, and the space in which the id counts. Undefined when there is none, or
 * no /proc.
 *
 * @param pid digits, or `self`
 */
export function processIdentity(pid: string): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // What follows the name, which may hold anything, ends with its last parenthesis.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return `${stat.split(' ', 1)[0] ?? ''} ${fields[19] ?? ''} ${readlinkSync(`/proc/${pid}/ns/pid`)}`;
  } catch {
    return undefined;
  }
}
