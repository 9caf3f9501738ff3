import { codeOf, messageOf } from '../core/errors.js';
import { cacheFile } from './file-cache.js';
import { type HostKnowledge, type KnownHosts, lookUpHost, parseKnownHosts } from './known-hosts.js';
import { SshFailure } from './ssh-failure.js';

/** Answers what the known_hosts files say of a host, reading a file again only when it has changed. */
export interface KnownHostsFiles {
  /**
   * @param paths absolute paths; a missing file is an empty one as long as another of them exists
   * @throws {SshFailure} with reason `known_hosts` when a file cannot be read or none exists
   */
  lookUp(paths: readonly string[], host: string, port: number): Promise<HostKnowledge>;
}

/** Bytes of the largest known_hosts file: three keys each for more than ten thousand hosts. */
export const KNOWN_HOSTS_BYTES = 32 * 1_048_576;

export function createKnownHostsFiles(): KnownHostsFiles {
  const readers = new Map<string, () => Promise<KnownHosts>>();

  async function read(path: string): Promise<KnownHosts | undefined> {
    let reader = readers.get(path);
    if (reader === undefined) {
      reader = cacheFile(path, KNOWN_HOSTS_BYTES, (content) => parseKnownHosts(content.toString('utf8')));
      readers.set(path, reader);
    }
    try {
      return await reader();
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw new SshFailure(
        'known_hosts',
        `The known_hosts file ${path} cannot be read (${messageOf(error)}); without it no host key can be verified.`,
        { cause: error },
      );
    }
  }

  return {
    async lookUp(paths, host, port) {
      const files = (await Promise.all(paths.map(read))).filter((file) => file !== undefined);
      if (files.length === 0) {
        throw new SshFailure(
          'known_hosts',
          `There is no known_hosts file at ${paths.join(' or ')}; make one with: ssh-keyscan -p ${port} ${host}, and compare the fingerprints.`,
        );
      }
      return lookUpHost(files, host, port);
    },
  };
}
