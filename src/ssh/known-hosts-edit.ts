import { PipefleetError } from '../core/errors.js';
import { hostKeyType } from './host-key.js';
import { hostMatcher, knownName } from './known-hosts.js';

/**
 * Changes the text of a known_hosts file and nothing else in it: comments, order, other hosts and line ends stay. The format is
 * that of sshd(8), section SSH_KNOWN_HOSTS FILE FORMAT.
 */

const LINE =
  /^(?<before>\s*(?:@\S+\s+)?)(?<hosts>[^\s#@]\S*)(?<after>\s+[a-z][\w@.-]+\s+[A-Za-z0-9+/]+={0,2}(?:\s.*)?)$/;

/** The text with a key more for a host. */
export function addHostKey(text: string, host: string, port: number, key: Buffer): string {
  const start = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  return `${start}${knownName(host, port)} ${hostKeyType(key)} ${key.toString('base64')}\n`;
}

/**
 * The text with this key as the only one of a host. What it replaces stays as a comment, so that the file tells its own history.
 * `@revoked` lines stay as they are: a withdrawn key must not come back.
 *
 * @param note who replaced it and when, such as `2026-11-25T02:15:36Z by pipefleet nodes rekey fra-1`
 * @throws {PipefleetError} `operation_failed` when a line with wildcards speaks for the host: it speaks for others too
 */
export function replaceHostKey(text: string, host: string, port: number, key: Buffer, note: string): string {
  return addHostKey(
    withoutHost(text, host, port, (line) => `# replaced ${note}: ${line}`),
    host,
    port,
    key,
  );
}

/**
 * The text without the keys of a host, as `ssh-keygen -R` leaves it. A line for several hosts loses this one only.
 *
 * @throws {PipefleetError} as {@link replaceHostKey}
 */
export function removeHostKeys(text: string, host: string, port: number): string {
  return withoutHost(text, host, port, () => undefined);
}

function withoutHost(
  text: string,
  host: string,
  port: number,
  instead: (line: string) => string | undefined,
): string {
  const name = knownName(host, port);
  return text
    .split('\n')
    .flatMap((raw, index) => {
      const [, line = '', end = ''] = /^(.*?)(\r?)$/s.exec(raw) ?? [];
      const { before = '', hosts, after = '' } = LINE.exec(line)?.groups ?? {};
      if (hosts === undefined || before.trim() === '@revoked' || before.trim() === '@cert-authority')
        return [raw];
      if (!hostMatcher(hosts)(name)) return [raw];
      const names = hosts.split(',');
      const others = names.filter((each) => each.toLowerCase() !== name);
      if (!hosts.startsWith('|') && others.length === names.length) {
        throw new PipefleetError(
          'operation_failed',
          `Line ${index + 1} of the known_hosts file speaks for ${name} with a wildcard, and so for others too; change it by hand.`,
        );
      }
      const rest =
        hosts.startsWith('|') || others.length === 0 ? [] : [`${before}${others.join(',')}${after}${end}`];
      const history = instead(line);
      return [...(history === undefined ? [] : [history + end]), ...rest];
    })
    .join('\n');
}
