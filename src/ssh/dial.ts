import type { LookupAddress } from 'node:dns';
import { connect, isIP, type Socket } from 'node:net';
import { Client } from 'ssh2';
import { abortReason, unlessAborted } from '../core/deadline.js';
import { codeOf, messageOf } from '../core/errors.js';
import type { ExecPhase } from '../core/exec.js';
import type { FailureReason } from '../core/failure.js';
import { redact } from '../core/redact.js';
import type { Node } from '../inventory/node.js';
import { offeredAlgorithms } from './algorithms.js';
import { Connection } from './connection.js';
import type { AuthMethod, CredentialStore } from './credential-store.js';
import { fingerprint } from './host-key.js';
import { type HostKnowledge, type HostKeyVerdict, judgeHostKey } from './known-hosts.js';
import type { KnownHostsFiles } from './known-hosts-files.js';
import type { PhaseClock } from './phase-clock.js';
import type { Resolver } from './resolver.js';
import { SshFailure } from './ssh-failure.js';

export interface DialOptions {
  readonly credentials: CredentialStore;
  readonly knownHosts: KnownHostsFiles;
  readonly resolver: Resolver;
  /** The last dial failed while looking up the name. */
  readonly suspectName: boolean;
  readonly keepaliveSeconds: number;
  /** Runs the part that costs CPU, the login, when there is a place for it. */
  readonly admit: <T>(login: () => Promise<T>) => Promise<T>;
  /** Enters `resolve`, `connect`, `handshake`, `queue` and `auth` as the dial gets there. */
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
 * A peer that does not answer costs a socket and nothing else: a place among the logins is taken only when the peer has begun
 * to talk, which every SSH server does unasked (RFC 4253, section 4.2).
 *
 * @throws {SshFailure} whose reason says how far it came
 */
export async function dial(node: Node, options: DialOptions): Promise<Connection> {
  const { clock, signal, resolver, suspectName } = options;
  const files = await orTimeout(
    Promise.all([
      options.credentials.authMethod(node.credential),
      options.knownHosts.lookUp(node.knownHosts, node.host, node.port),
    ]),
    options,
  );
  if (isIP(node.host) === 0) clock.enter('resolve');
  const addresses = await orTimeout(resolver.resolve(node.host, suspectName), options).catch(
    (error: unknown) => {
      throw error instanceof SshFailure ? error : lookUpFailure(node, error);
    },
  );
  const socket = await openSocket(node, addresses, options);
  try {
    await firstWord(socket, options);
    clock.enter('queue');
    return await orTimeout(
      options.admit(() => {
        if (signal.aborted) throw dialAborted(clock.current, signal);
        return logIn(node, socket, ...files, options);
      }),
      options,
    );
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** The failure of a dial, or of a wait for one, that was aborted in a phase. */
export function dialAborted(phase: ExecPhase, signal: AbortSignal): SshFailure {
  if (abortReason(signal) === 'cancelled')
    return new SshFailure('cancelled', 'Nobody wants the connection any more.');
  const [reason, message] = TIMEOUTS[phase] ?? ['handshake_timeout', 'The SSH login did not finish in time.'];
  return new SshFailure(reason, message);
}

const TIMEOUTS: Partial<Record<ExecPhase, readonly [FailureReason, string]>> = {
  queue: ['queue_timeout', 'No place for another login became free in time; see limits.concurrent_dials.'],
  resolve: ['dns', 'The resolver did not answer in time.'],
  connect: ['connect_timeout', 'Nothing answered the connection in time.'],
  handshake: ['handshake_timeout', 'The SSH handshake did not finish in time.'],
};

/** Waits, but not past the abort. What was waited for goes on; its failure is nobody's then. */
async function orTimeout<T>(promise: Promise<T>, { clock, signal }: DialOptions): Promise<T> {
  const held = promise.then((value) => ({ value }));
  held.catch(() => undefined);
  const ended = await unlessAborted(held, signal);
  if (ended === undefined) throw dialAborted(clock.current, signal);
  return ended.value;
}

function lookUpFailure(node: Node, error: unknown): SshFailure {
  return new SshFailure(
    'dns',
    `The host name ${node.host} cannot be resolved (${codeOf(error) ?? messageOf(error)}).`,
    {
      cause: error,
    },
  );
}

function openSocket(
  node: Node,
  addresses: readonly LookupAddress[],
  { clock, signal }: DialOptions,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    clock.enter('connect');
    const socket = connect({
      host: node.host,
      port: node.port,
      noDelay: true,
      lookup: (_host, options, callback) => {
        const [first] = addresses;
        if (options.all === true) callback(null, [...addresses]);
        else callback(null, first?.address ?? '', first?.family);
      },
    });
    const settle = (failure?: SshFailure): void => {
      signal.removeEventListener('abort', onAbort);
      if (failure === undefined) {
        resolve(socket);
      } else {
        socket.destroy();
        reject(failure);
      }
    };
    const onAbort = (): void => settle(dialAborted(clock.current, signal));
    signal.addEventListener('abort', onAbort, { once: true });
    // The listener stays for the socket's whole life: an error that nobody listens to would end the process.
    socket.on('error', (error: NodeJS.ErrnoException) => settle(connectFailure(node, error)));
    socket.once('connect', () => settle());
    if (signal.aborted) onAbort();
  });
}

function connectFailure(node: Node, error: NodeJS.ErrnoException): SshFailure {
  const code = error.code ?? error.message;
  const [reason, message] = CONNECT_ERRORS[code] ?? ['connect', `The connection failed (${code}).`];
  return new SshFailure(reason, message.replace('ADDRESS', `${node.host} port ${node.port}`), {
    cause: error,
  });
}

const NO_DESCRIPTORS = [
  'internal',
  'The exporter has no file descriptor left; raise LimitNOFILE or ulimit -n.',
] as const;

const CONNECT_ERRORS: Record<string, readonly [FailureReason, string]> = {
  ECONNREFUSED: ['connect', 'The connection to ADDRESS was refused; is sshd running and the port right?'],
  EHOSTUNREACH: ['connect', 'The host ADDRESS is unreachable.'],
  ENETUNREACH: ['connect', 'The network of ADDRESS is unreachable.'],
  ETIMEDOUT: ['connect_timeout', 'Nothing answered the connection in time.'],
  ECONNRESET: ['connect', 'The connection to ADDRESS was reset.'],
  EMFILE: NO_DESCRIPTORS,
  ENFILE: NO_DESCRIPTORS,
};

/** Waits until the peer has said something, without taking it from whoever reads next. */
function firstWord(socket: Socket, { clock, signal }: DialOptions): Promise<void> {
  clock.enter('handshake');
  return new Promise((resolve, reject) => {
    const settle = (failure?: SshFailure): void => {
      signal.removeEventListener('abort', onAbort);
      socket.off('readable', onReadable).off('close', onClose);
      if (failure === undefined) resolve();
      else reject(failure);
    };
    const onReadable = (): void => settle();
    const onClose = (): void => settle(loginFailure(undefined, 'handshake', undefined));
    const onAbort = (): void => settle(dialAborted(clock.current, signal));
    socket.once('readable', onReadable).once('close', onClose);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}

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
    const onAbort = (): void => fail(dialAborted(clock.current, signal));
    signal.addEventListener('abort', onAbort, { once: true });

    // ssh2 may emit 'error' more than once; what comes after the first changes nothing.
    client.on('error', (error: SshError) => fail(refusal ?? loginFailure(node, clock.current, error)));
    client.on('close', () => fail(refusal ?? loginFailure(node, clock.current, undefined)));
    const guard = (): void => {
      if (socket.bytesRead > HANDSHAKE_BYTES) {
        fail(loginFailure(node, clock.current, new Error('it talks without end')));
      }
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
      fail(new SshFailure('internal', 'The SSH client refused to start.', { cause: error }));
    }
    // A socket that is gone already says nothing any more.
    if (socket.destroyed) fail(loginFailure(node, clock.current, undefined));
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
        `The host key is in no known_hosts file. The host presents ${shown}; compare that with the node's own ` +
          `(ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub there), then add it with: ssh-keyscan -p ${node.port} ${node.host} >> ${node.knownHosts[0] ?? 'known_hosts'}`,
      );
    case 'changed':
      return new SshFailure(
        'host_key_changed',
        `The host key has CHANGED. The host presents ${shown}, known_hosts has ${knowledge.keys.map(fingerprint).join(' and ')}. ` +
          `Somebody may be answering in its place; if the node was reinstalled, remove the old key with: ssh-keygen -R ${knownName(node)}`,
      );
    case 'revoked':
      return new SshFailure('host_key_revoked', `The host key ${shown} is marked @revoked in known_hosts.`);
  }
}

function knownName(node: Node): string {
  return node.port === 22 ? node.host : `'[${node.host}]:${node.port}'`;
}

/** @param node undefined when the peer hung up before a login was tried */
function loginFailure(node: Node | undefined, phase: ExecPhase, error: SshError | undefined): SshFailure {
  const options = error === undefined ? {} : { cause: error };
  const said = error === undefined ? '' : ` (${redact(error.message, 120)})`;
  if (error?.level === 'agent') return new SshFailure('credential', `The ssh-agent failed${said}.`, options);
  if (phase !== 'auth') {
    return new SshFailure(
      'handshake',
      `The peer broke off before the SSH handshake was done${said}; is it an SSH server?`,
      options,
    );
  }
  if (error?.level === 'client-socket') {
    return new SshFailure('handshake', `The connection broke during the login${said}.`, options);
  }
  // A peer that hangs up on a login has refused it, whatever it calls that.
  const { name = '', user = '' } = node?.credential ?? {};
  const how = error?.level === 'client-authentication' ? '' : ` by hanging up${said}`;
  return new SshFailure(
    'auth',
    `The login of user ${user} with credential ${name} was refused${how}; is its public key in that user's authorized_keys?`,
    options,
  );
}
