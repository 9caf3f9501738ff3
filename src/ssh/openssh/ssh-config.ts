import type { Hop } from '../hop.js';
import { SshFailure } from '../ssh-failure.js';

/** One line of ssh_config(5): a keyword and its arguments, as they are meant. */
export type Setting = readonly [keyword: string, ...words: (string | number)[]];

/** How OpenSSH gets to one server and logs in there. */
export interface Way {
  readonly hop: Hop;
  /** IP address to connect to; undefined to look up the host. */
  readonly address: string | undefined;
  /** What logs in; see {@link import('./identity.js').prepareIdentity}. */
  readonly identity: readonly Setting[];
  /** Path at which a master listens; undefined for a client that only passes bytes on. */
  readonly socket: string | undefined;
  /** Shell command whose standard input and output lead to the server; undefined to connect by TCP. */
  readonly proxyCommand: string | undefined;
  readonly keepaliveSeconds: number;
  /** Bound on connecting, in seconds; undefined when somebody else bounds it. */
  readonly connectSeconds: number | undefined;
}

/** Lost keepalives after which a silent peer counts as gone. */
const KEEPALIVE_LOSSES = 3;

/**
 * The whole configuration of one OpenSSH client. The first value that ssh_config(5) has for a keyword counts, so a file of the
 * operator, which comes last, can add what is not said here (ProxyCommand, ciphers, a PKCS#11 or FIDO library, HostName) and can
 * loosen nothing that is.
 *
 * @throws {SshFailure} `credential` for a path that ssh_config cannot express
 */
export function clientConfig(way: Way): string {
  const { hop, address, identity, socket, proxyCommand, keepaliveSeconds, connectSeconds } = way;
  const { user, sshConfig } = hop.credential;
  const settings: Setting[] = [
    ...hostKeys(way),
    ['User', user],
    ['BatchMode', 'yes'],
    ['PubkeyAuthentication', 'yes'],
    ['PreferredAuthentications', 'publickey'],
    ['PasswordAuthentication', 'no'],
    ['KbdInteractiveAuthentication', 'no'],
    ['HostbasedAuthentication', 'no'],
    ...identity,
    ['AddKeysToAgent', 'no'],
    ['ForwardAgent', 'no'],
    ['ForwardX11', 'no'],
    ['ClearAllForwardings', 'yes'],
    ['Tunnel', 'no'],
    ['PermitLocalCommand', 'no'],
    ['RequestTTY', 'no'],
    ['EscapeChar', 'none'],
    ['ServerAliveInterval', Math.max(1, Math.round(keepaliveSeconds))],
    ['ServerAliveCountMax', KEEPALIVE_LOSSES],
    ['ConnectionAttempts', 1],
    ['LogLevel', 'DEBUG1'],
    ['ControlMaster', socket === undefined ? 'no' : 'yes'],
    ['ControlPath', socket === undefined ? 'none' : token(socket)],
    ['ControlPersist', 'no'],
  ];
  if (connectSeconds !== undefined) settings.push(['ConnectTimeout', connectSeconds]);
  if (address !== undefined || sshConfig === undefined)
    settings.push(['HostName', token(address ?? hop.host)]);
  // A port that nobody wrote is 22; then a file of the operator may know better.
  if (hop.port !== 22 || sshConfig === undefined) settings.push(['Port', hop.port]);
  const lines = settings.map(line);
  // Takes the rest of the line as it stands, quotes and all.
  if (proxyCommand !== undefined) lines.push(`ProxyCommand ${proxyCommand}`);
  if (sshConfig !== undefined) {
    // Where such a file could undo what makes the client ours; not written without one, as older clients do not know all of it.
    lines.push(line(['KnownHostsCommand', 'none']), line(['ForkAfterAuthentication', 'no']));
    lines.push(line(['RemoteCommand', 'none']), line(['StdinNull', 'no']));
    if (/[%*?[\]]/.test(sshConfig)) throw inexpressible(sshConfig);
    lines.push(line(['Include', sshConfig]));
  }
  return `${lines.join('\n')}\n`;
}

function hostKeys({ hop, address }: Way): readonly Setting[] {
  const name = hop.host.toLowerCase();
  // Without an alias a file of the operator may say under which name the host is known, as its HostName does.
  const alias: Setting[] =
    address === undefined && hop.credential.sshConfig !== undefined
      ? []
      : [['HostKeyAlias', hop.port === 22 ? name : `[${name}]:${hop.port}`]];
  return [
    ['StrictHostKeyChecking', 'yes'],
    ['UserKnownHostsFile', ...hop.knownHosts.map(token)],
    ['GlobalKnownHostsFile', '/dev/null'],
    ['UpdateHostKeys', 'no'],
    ['CheckHostIP', 'no'],
    ['VerifyHostKeyDNS', 'no'],
    ['NoHostAuthenticationForLocalhost', 'no'],
    ...alias,
  ];
}

/**
 * The configuration of the client of a session. It can do nothing but ask the master: where there is none, OpenSSH would connect by
 * itself, and this one gets a command that ends at once in place of a connection, and neither keys nor known hosts.
 */
export function sessionConfig(socket: string): string {
  const settings: Setting[] = [
    ['ControlMaster', 'no'],
    ['ControlPath', token(socket)],
    ['ProxyCommand', 'false'],
    ['StrictHostKeyChecking', 'yes'],
    ['UserKnownHostsFile', '/dev/null'],
    ['GlobalKnownHostsFile', '/dev/null'],
    ['BatchMode', 'yes'],
    ['IdentityFile', 'none'],
    ['IdentityAgent', 'none'],
    ['ForwardAgent', 'no'],
    ['RequestTTY', 'no'],
    ['EscapeChar', 'none'],
    // Whatever the master has to say it says in its own log; here it would mix with what the command prints.
    ['LogLevel', 'QUIET'],
  ];
  return `${settings.map((setting) => (setting[0] === 'ProxyCommand' ? setting.join(' ') : line(setting))).join('\n')}\n`;
}

/** A word for a keyword that expands `%` tokens. */
export function token(word: string): string {
  return word.replaceAll('%', '%%');
}

function line([keyword, ...words]: Setting): string {
  return [keyword, ...words.map(word)].join(' ');
}

function word(text: string | number): string {
  if (typeof text === 'number') return String(text);
  if (/[\p{Cc}"\\]|\$\{/u.test(text)) throw inexpressible(text);
  return /^[\w./:@-]+$/.test(text) ? text : `"${text}"`;
}

function inexpressible(text: string): SshFailure {
  return new SshFailure(
    'credential',
    `OpenSSH's configuration cannot express ${JSON.stringify(text)}; give the file or folder a plainer name.`,
  );
}
