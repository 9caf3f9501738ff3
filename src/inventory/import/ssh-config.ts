import SSHConfig, { LineType } from 'ssh-config';
import { messageOf } from '../../core/errors.js';
import { fitCandidates, type RawCandidate, type Reader } from './candidate.js';

/** What stands for no single machine. */
const PATTERN = /[*?!]/;

/**
 * The hosts of a file in the format of ssh_config(5): each alias without a wildcard, with the HostName and Port that ssh would use,
 * blocks with wildcards included. `Match` blocks are passed over, and files that it includes are not read.
 */
export const readSshConfig: Reader = (text) => {
  let config: SSHConfig;
  try {
    config = SSHConfig.parse(text);
  } catch (error) {
    return { candidates: [], warnings: [`This is no ssh_config: ${messageOf(error)}.`] };
  }
  const warnings: string[] = [];
  const raw: RawCandidate[] = [];
  for (const line of config) {
    if (line.type !== LineType.DIRECTIVE) continue;
    const param = line.param.toLowerCase();
    if (param === 'include') warnings.push('An Include is not followed; import that file by itself.');
    if (param === 'match') warnings.push('A Match block is passed over.');
    if (param !== 'host') continue;
    const words = typeof line.value === 'string' ? line.value.split(/\s+/) : line.value.map(({ val }) => val);
    for (const alias of words) {
      if (alias === '' || PATTERN.test(alias)) continue;
      const computed = config.compute(alias, { ignoreCase: true });
      const { hostname, port, proxyjump } = lowerCase(computed);
      raw.push({
        name: alias,
        host: (hostname ?? alias).replaceAll('%h', alias),
        port,
        place: `Host ${alias}`,
      });
      if (proxyjump !== undefined && proxyjump !== 'none')
        warnings.push(
          `Host ${alias}: it is reached through ProxyJump; add that as a jump host, and to this node as "jump".`,
        );
    }
  }
  return fitCandidates(raw, warnings);
};

function lowerCase(
  computed: Readonly<Record<string, string | string[]>>,
): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    Object.entries(computed).map(([key, value]) => [
      key.toLowerCase(),
      typeof value === 'string' ? value : value[0],
    ]),
  );
}
