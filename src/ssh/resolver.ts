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
   * @returns at least one address
   * @throws the system's error, with a code such as ENOTFOUND
   */
  resolve(host: string, suspect: boolean): Promise<readonly LookupAddress[]>;
}

export function createResolver(): Resolver {
  const suspects = pLimit(1);
  return {
    resolve: (host, suspect) => {
      const family = isIP(host);
      if (family !== 0) return Promise.resolve([{ address: host, family }]);
      const ask = (): Promise<LookupAddress[]> => lookup(host, { all: true });
      return suspect ? suspects(ask) : ask();
    },
  };
}
