import { connect, isIP, type Socket } from 'node:net';
import { Client } from 'ssh2';
import type { ExecPhase } from '../core/exec.js';
import type { FailureReason } from '../core/failure.js';
import type { Node } from '../inventory/node.js';
import { offeredAlgorithms } from './algorithms.js';
import { Connection } from './connection.js';
import type { AuthMethod, CredentialStore } from './credential-store.js';
import { fingerprint } from './host-key.js';
import { type HostKnowledge, type HostKeyVerdict, judgeHostKey } from './known-hosts.js';
import type { KnownHostsFiles } from './known-hosts-files.js';
import type { PhaseClock } from './phase-clock.js';
import { SshFailure } from './ssh-failure.js';

export interface DialOptions {
  readonly credentials: CredentialStore;
  readonly knownHosts: KnownHostsFiles;
  readonly keepaliveSeconds: number;
  /** Enters `resolve`, `connect`, `handshake` and `auth` as the dial gets there. */
  readonly clock: PhaseClock;
  /** Aborted when the dial takes too long or nobody wants it any more. */
  readonly signal: AbortSignal;
}

/** Lost keepalives after which a silent peer counts as gone. */
const KEEPALIVE_LOSSES = 3;
/** More than any server says before the first key exchange is done. */
const HANDSHAKE_BYTES = 131_072;

/**
 * Makes one connection: reads the key, looks up the host, connects, verifies the host key, logs in.
 *
 * @throws {SshFailure} whose reason says how far it came
 */
export async function dial(node: Node, options: DialOptions): Promise<Connection> {
  const [auth, knowledge] = await Promise.all([
    options.credentials.authMethod(node.credential),
    options.knownHosts.lookUp(node.knownHosts, node.host, node.port),
  ]);
  const socket = await openSocket(node, options);
  return logIn(node, socket, auth, knowledge, options);
}

/** `fra-1 (192.0.2.7 port 22)`, for messages. */
export function describeNode(node: Node): string {
  return `${node.name} (${node.host} port ${node.port})`;
}

/** The failure of a dial that ran out of time in a phase. */
export function dialTimeout(node: Node, phase: ExecPhase): SshFailure {
  const [reason, what] = TIMEOUTS[phase] ?? ['handshake_timeout', 'the SSH login did not finish'];
  return new SshFailure(reason, `${describeNode(node)}: ${what} in time.`);
}

const TIMEOUTS: Partial<Record<ExecPhase, readonly [FailureReason, string]>> = {
  queue: ['queue_timeout', 'no place for a new connection became free'],
  resolve: ['dns', 'the host name could not be resolved'],
  connect: ['connect_timeout', 'nothing answered the connection'],
  handshake: ['handshake_timeout', 'the SSH handshake did not finish'],
  auth: ['handshake_timeout', 'the SSH login did not finish'],
};

function openSocket(node: Node, { clock, signal }: DialOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    clock.enter(isIP(node.host) === 0 ? 'resolve' : 'connect');
    const socket = connect({ host: node.host, port: node.port, noDelay: true });
    const fail = (failure: SshFailure): void => {
      socket.destroy();
      reject(failure);
    };
    const onAbort = (): void => fail(dialTimeout(node, clock.current));
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('close', () => signal.removeEventListener('abort', onAbort));
    // The listener stays for the socket's whole life: an error that nobody listens to would end the process.
    socket.on('error', (error: NodeJS.ErrnoException) => fail(connectFailure(node, clock.current, error)));
    socket.once('lookup', (error: Error | null) => {
      if (error === null) clock.enter('connect');
    });
    socket.once('connect', () => {
      signal.removeEventListener('abort', onAbort);
      resolve(socket);
    });
    if (signal.aborted) onAbort();
  });
}

function connectFailure(node: Node, phase: ExecPhase, error: NodeJS.ErrnoException): SshFailure {
  const code = error.code ?? error.message;
  if (phase === 'resolve') {
    return new SshFailure('dns', `${describeNode(node)}: the host name cannot be resolved (${code}).`, {
      cause: error,
    });
  }
  const reason = code === 'ETIMEDOUT' ? 'connect_timeout' : 'connect';
  const what = CONNECT_ERRORS[code] ?? `the connection failed (${code})`;
  return new SshFailure(reason, `${describeNode(node)}: ${what}.`, { cause: error });
}

const CONNECT_ERRORS: Record<string, string> = {
  ECONNREFUSED: 'the connection was refused; is sshd running and the port right?',
  EHOSTUNREACH: 'the host is unreachable',
  ENETUNREACH: 'its network is unreachable',
  ETIMEDOUT: 'nothing answered the connection',
  ECONNRESET: 'the connection was reset',
};

function logIn(
  node: Node,
  socket: Socket,
  auth: AuthMethod,
  knowledge: HostKnowledge,
  { clock, signal, keepaliveSeconds }: DialOptions,
): Promise<Connection> {
  return new Promise((resolve, reject) => {
    clock.enter('handshake');
    const client = new Client();
    let refusal: SshFailure | undefined;
    const fail = (failure: SshFailure): void => {
      signal.removeEventListener('abort', onAbort);
      // ssh2's own end() and destroy() can leave the socket open; it is ours, and we close it.
      socket.destroy();
      reject(failure);
    };
    const onAbort = (): void => fail(dialTimeout(node, clock.current));
    signal.addEventListener('abort', onAbort, { once: true });

    // ssh2 may emit 'error' more than once; what comes after the first changes nothing.
    client.on('error', (error: SshError) => fail(refusal ?? loginFailure(node, clock.current, error)));
    client.on('close', () => fail(refusal ?? loginFailure(node, clock.current, undefined)));
    const guard = (): void => {
      if (socket.bytesRead > HANDSHAKE_BYTES)
        fail(loginFailure(node, clock.current, new Error('it talks without end')));
    };
    client.once('handshake', () => {
      clock.enter('auth');
      socket.off('data', guard);
    });
    client.once('ready', () => {
      clock.stop();
      signal.removeEventListener('abort', onAbort);
      client.removeAllListeners('error').removeAllListeners('close');
      resolve(new Connection(client, socket));
    });
    try {
      client.connect({
        sock: socket,
        username: node.credential.user,
        authHandler: [auth],
        // Must answer synchronously with a strict boolean: ssh2 accepts the host for anything but `false`. Also asked at rekeying.
        hostVerifier: (key: Buffer): boolean => {
          const verdict = judgeHostKey(knowledge, key);
          if (verdict === 'known') return true;
          refusal = hostKeyFailure(node, verdict, key, knowledge);
          return false;
        },
        algorithms: offeredAlgorithms(knowledge),
        // The dial has a deadline of its own, by the signal.
        readyTimeout: 0,
        keepaliveInterval: keepaliveSeconds * 1000,
        keepaliveCountMax: KEEPALIVE_LOSSES,
      });
    } catch (error) {
      fail(
        new SshFailure('internal', `${describeNode(node)}: the SSH client refused to start.`, {
          cause: error,
        }),
      );
    }
    // ssh2 has paused the socket, so that this listener starts no flow of its own.
    socket.on('data', guard);
    if (signal.aborted) onAbort();
  });
}

type SshError = Error & { readonly level?: string };

function hostKeyFailure(
  node: Node,
  verdict: Exclude<HostKeyVerdict, 'known'>,
  presented: Buffer,
  knowledge: HostKnowledge,
): SshFailure {
  const shown = fingerprint(presented);
  switch (verdict) {
    case 'unknown':
      return new SshFailure(
        'host_key_unknown',
        `${describeNode(node)}: its host key is in no known_hosts file. It presents ${shown}; compare that with the node's own ` +
          `(ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub there), then add it with: ssh-keyscan -p ${node.port} ${node.host} >> ${node.knownHosts[0] ?? 'known_hosts'}`,
      );
    case 'changed':
      return new SshFailure(
        'host_key_changed',
        `${describeNode(node)}: its host key has CHANGED. It presents ${shown}, known_hosts has ${knowledge.keys.map(fingerprint).join(' and ')}. ` +
          `Somebody may be answering in its place; if the node was reinstalled, remove the old key with: ssh-keygen -R ${knownName(node)}`,
      );
    case 'revoked':
      return new SshFailure(
        'host_key_revoked',
        `${describeNode(node)}: its host key ${shown} is marked @revoked in known_hosts.`,
      );
  }
}

function knownName(node: Node): string {
  return node.port === 22 ? node.host : `'[${node.host}]:${node.port}'`;
}

function loginFailure(node: Node, phase: ExecPhase, error: SshError | undefined): SshFailure {
  const options = error === undefined ? {} : { cause: error };
  if (error?.level === 'client-authentication') {
    const { name, user } = node.credential;
    return new SshFailure(
      'auth',
      `${describeNode(node)}: the login of user ${user} with credential ${name} was refused; is its public key in that user's authorized_keys?`,
      options,
    );
  }
  if (error?.level === 'agent') {
    return new SshFailure(
      'credential',
      `${describeNode(node)}: the ssh-agent failed (${error.message}).`,
      options,
    );
  }
  const what = error === undefined ? 'closed the connection' : `broke off (${error.message})`;
  const stage =
    phase === 'auth' ? 'during the login' : 'before the SSH handshake was done; is it an SSH server?';
  return new SshFailure('handshake', `${describeNode(node)}: the peer ${what} ${stage}`, options);
}
