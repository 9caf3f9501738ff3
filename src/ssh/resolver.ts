import { lookup } from 'node:dns/promises';
import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import pLimit from 'p-limit';

/**
 * Looks up host names as the system does (hosts file, DNS, whatever nsswitch names).
 *
 * A look-up cannot be cancelled and occupies one of the two threads that Node gives to all of them. Names that have failed
 * before share one lane, so that however many of them are dead, the other names have the other thread.
 */
export interface Resolver {
  /**
   * @param suspect the name has failed before
   * @returns at least one address, each once: in the order of the system, but with the families in turns, so that a family
   *   that leads nowhere costs one address and not all of its own
   * @throws the system's error, with a code such as ENOTFOUND
   */
  resolve(host: string, suspect: boolean): Promise<readonly string[]>;
}

export function createResolver(): Resolver {
  const suspects = pLimit(1);
  return {
    resolve: (host, suspect) => {
      if (isIP(host) !== 0) return Promise.resolve([host]);
      const ask = async (): Promise<string[]> => inTurns(await lookup(host, { all: true }));
      return suspect ? suspects(ask) : ask();
    },
  };
}

function inTurns(found: readonly LookupAddress[]): string[] {
  const first = found[0]?.family;
  const addresses = (like: boolean): string[] =>
    found.filter(({ family }) => (family === first) === like).map(({ address }) => address);
  const [ones, others] = [addresses(true), addresses(false)];
  return [...new Set(ones.flatMap((one, index) => [one, ...others.slice(index, index + 1)]).concat(others))];
}
