import { homedir } from 'node:os';
import { join } from 'node:path';
import { readText } from '../core/read-bounded.js';
import type { Surroundings } from '../cli/nodes-discover.js';
import { readSshConfig } from '../inventory/import/ssh-config.js';
import { parseKnownHosts } from '../ssh/known-hosts.js';

const NAME = /^(?:\[(?<bracketed>[^\]]+)\]:(?<port>\d+)|(?<plain>[^[\]]+))$/;

/** What ssh_config and known_hosts of this user, and the known_hosts files of the configuration, name. */
export async function discover(knownHostsFiles: readonly string[], home = homedir()): Promise<Surroundings> {
  const files = [...new Set([...knownHostsFiles, join(home, '.ssh/known_hosts')])];
  const texts = await Promise.all(files.map((file) => readText(file).catch(() => '')));
  const names = new Set(texts.flatMap((text) => [...parseKnownHosts(text).plain.keys()]));
  const knownHosts = [...names].flatMap((name) => {
    const { bracketed, port, plain } = NAME.exec(name)?.groups ?? {};
    const host = bracketed ?? plain;
    return host === undefined ? [] : [{ host, port: Number(port ?? 22) }];
  });
  const config = await readText(join(home, '.ssh/config')).catch(() => '');
  return {
    sshConfig: readSshConfig(config).candidates,
    knownHosts,
    hashed: texts
      .join('\n')
      .split('\n')
      .filter((line) => line.startsWith('|1|')).length,
  };
}
