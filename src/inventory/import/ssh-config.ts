import SSHConfig, { type Line, LineType } from 'ssh-config';
import { messageOf } from '../../core/errors.js';
import { matchesWildcard } from '../selector/wildcard.js';
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
    for (const alias of wordsOf(line.value)) {
      if (alias === '' || PATTERN.test(alias)) continue;
      const { hostname, port, proxyjump } = settingsFor(alias, config);
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

/**
 * What the file says of an alias, by lower-case keyword; the first value wins, as ssh has it. Done here and not by the library, whose
 * way runs the commands of `Match exec`: a file that is imported must never do that.
 */
function settingsFor(alias: string, config: SSHConfig): Readonly<Record<string, string | undefined>> {
  const settings: Record<string, string> = {};
  const take = (line: Line): void => {
    if (line.type !== LineType.DIRECTIVE) return;
    settings[line.param.toLowerCase()] ??= wordsOf(line.value).join(' ');
  };
  for (const line of config) {
    if (line.type !== LineType.DIRECTIVE) continue;
    const param = line.param.toLowerCase();
    if (param === 'match') continue;
    if (param !== 'host') take(line);
    else if (isFor(alias, wordsOf(line.value)) && 'config' in line)
      for (const inner of line.config) take(inner);
  }
  return settings;
}

function wordsOf(value: string | { readonly val: string }[]): string[] {
  return typeof value === 'string' ? value.split(/\s+/) : value.map(({ val }) => val);
}

/** Any pattern must match, and no negated one may. */
function isFor(alias: string, patterns: readonly string[]): boolean {
  const hits = patterns.filter((pattern) => matchesWildcard(pattern.replace(/^!/, ''), alias));
  return hits.length > 0 && hits.every((pattern) => !pattern.startsWith('!'));
}
