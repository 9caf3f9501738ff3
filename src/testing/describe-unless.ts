import { describe } from '@jest/globals';

/**
 * Tests that some machines cannot run. Where there is a reason they are skipped, and the reason stands in their name; in CI
 * nothing is skipped.
 *
 * @param reason why they cannot run here; undefined when they can
 */
export function describeUnless(reason: string | undefined, name: string, body: () => void): void {
  if (reason === undefined || process.env['CI'] === 'true') describe(name, body);
  else describe.skip(`${name} (skipped: ${reason})`, body);
}
