import { PipefleetError } from '../core/errors.js';
import type { Purpose } from '../core/purpose.js';
import { VERBS } from './registry.js';

/** A unit of which a line of sudoers can be made without a wildcard, an option or anything else that sudo reads otherwise. */
const UNIT = /^[A-Za-z0-9][A-Za-z0-9@._-]*\.service$/;

/** Characters of the name of an account that sudoers takes as they are. */
const PLAIN = /[A-Za-z0-9_.-]/;

/**
 * The lines of sudoers that the verbs of some purposes need, each for one exact command: sudo matches a wildcard across words, so that
 * there is none. Whoever runs no such verb needs none.
 *
 * @param user the service account
 * @param units those of the node software that were found on the node
 * @returns lines without line breaks; empty when nothing is needed
 * @throws {PipefleetError} `operation_failed` when a unit is not of the names that a line can be made of
 */
export function sudoersLines(user: string, purposes: readonly Purpose[], units: readonly string[]): string[] {
  const wrong = units.find((unit) => !UNIT.test(unit));
  if (wrong !== undefined) {
    throw new PipefleetError(
      'operation_failed',
      `The unit ${JSON.stringify(wrong)} cannot stand in sudoers: its name must be of letters, digits, "@", ".", "_" and "-", and end with .service.`,
    );
  }
  const account = Array.from(user, (sign) => (PLAIN.test(sign) ? sign : `\\${sign}`)).join('');
  return VERBS.filter((verb) => verb.purposes.some((purpose) => purposes.includes(purpose)))
    .flatMap(({ sudo }) => sudo?.(units) ?? [])
    .map((command) => `${account} ALL=(root) NOPASSWD: ${command}`);
}
