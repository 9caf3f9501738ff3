import { hostMistake } from '../../config/address.js';
import { NAME, userMistake } from '../../config/names.js';
import { PipefleetError } from '../../core/errors.js';

/** Where a node is to be found, and as whom a person logs in to set it up. */
export interface Destination {
  /** Undefined leaves it to a default. */
  readonly user: string | undefined;
  /** Host name or IP address, without brackets. */
  readonly host: string;
  readonly port: number | undefined;
}

const DESTINATION =
  /^(?:(?<user>[^@]*)@)?(?:\[(?<literal>[^\]]*)\]|(?<host>[^@[\]]*?))(?::(?<port>\d{1,5}))?$/;
/** An address of IPv6 has two colons at least. */
const BARE_ADDRESS = /^(?:(?<user>[^@]*)@)?(?<host>[0-9a-fA-F:.]+)$/;

/**
 * Reads `[user@]host[:port]`. An IPv6 address with a port stands in brackets; without a port it need not.
 *
 * @throws {PipefleetError} `usage`
 */
export function parseDestination(text: string): Destination {
  const bare = BARE_ADDRESS.exec(text)?.groups;
  const isIpv6 = (bare?.['host'] ?? '').split(':').length > 2;
  const groups = isIpv6 ? bare : DESTINATION.exec(text)?.groups;
  const user = groups?.['user'];
  const host = groups?.['literal'] ?? groups?.['host'] ?? '';
  const port = groups?.['port'] === undefined ? undefined : Number(groups['port']);
  const mistake =
    groups === undefined
      ? 'is no destination'
      : (hostMistake(host) ?? (user === undefined ? undefined : userMistake(user)));
  if (mistake !== undefined || (port !== undefined && (port < 1 || port > 65_535))) {
    throw new PipefleetError(
      'usage',
      `${JSON.stringify(text)} is no node to add; write USER@HOST or USER@HOST:PORT, such as root@fra-1.example.net or root@[2001:db8::1]:2222.`,
    );
  }
  return { user, host, port };
}

/**
 * A name for a node that is given none: the first part of its host name, or its address with dashes for what a name cannot hold.
 *
 * @param taken names that others have
 */
export function nameFor(host: string, taken: ReadonlySet<string>): string {
  const isAddress = /^[\d.]+$|:/.test(host);
  const base = (isAddress ? host : (host.split('.')[0] ?? host))
    .replaceAll(/[^A-Za-z0-9._-]/g, '-')
    .slice(0, 60);
  const first = NAME.test(base) ? base : `node-${base.replace(/^[^A-Za-z0-9]+/, '')}`;
  let name = first;
  for (let number = 2; taken.has(name); number++) name = `${first}-${number}`;
  return name;
}
