import type { Purpose } from '../core/purpose.js';

/**
 * The name of the credential for what names none itself: the one of `defaults`, else the only one, else the only one for
 * monitoring; undefined when that leaves a choice, or nothing.
 *
 * @param fallback what stands under `defaults`
 */
export function defaultCredential(
  fallback: string | undefined,
  credentials: readonly { readonly name: string; readonly purpose: Purpose }[],
): string | undefined {
  if (fallback !== undefined) return fallback;
  const monitors = credentials.filter(({ purpose }) => purpose === 'monitor');
  const [only, second] = credentials.length === 1 ? credentials : monitors;
  return second === undefined ? only?.name : undefined;
}
