import { type Socket, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import ssh2 from 'ssh2';
import type { AuthContext, Connection, ParsedKey, Server, ServerChannel } from 'ssh2';
import { makeKeyPair } from '../ssh/key-pair.js';
import { delayedSocket } from './delayed-socket.js';
import { listen, listenOnLoopback } from './loopback.js';

/** How the SSH server of a simulated node behaves at the moment. */
export type SshCondition =
  | 'normal'
  | 'closed'
  | 'auth_refused'
  | 'host_key_changed'
  /** It takes connections and never says a word. */
  | 'silent';

/** Answers one request after the other on one channel; undefined leaves it hanging. */
export interface ServedProgram {
  readonly answer: (request: string) => string | undefined;
}

/** What a command printed, and how it ended. */
export interface CommandAnswer {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

export interface SshNodeOptions {
  /** Address to listen on. Where the system has no such loopback address, 127.0.0.1 with a free port takes its place. */
  readonly host: string;
  /** 0 lets the kernel choose. */
  readonly port: number;
  readonly user: string;
  /** The one public key that may log in, as `ssh-ed25519 AAAA…`. */
  readonly clientKey: string;
  /** Runs a command; undefined leaves it hanging until the client gives up. */
  readonly run: (command: string) => CommandAnswer | undefined;
  /** A program that stays on its channel, when the command starts one. */
  readonly serve?: (command: string) => ServedProgram | undefined;
  /** How long it thinks before each answer, in milliseconds. */
  readonly delay?: number;
  /** How far away it is, in milliseconds. */
  readonly roundTrip?: number;
}

/** A real SSH server of one simulated node. */
export interface SshNode {
  readonly host: string;
  readonly port: number;
  /** Its public host key, as `ssh-ed25519 AAAA…`. */
  readonly hostKey: string;
  /**
   * Another condition than before ends every connection, as a restart of sshd or a broken network would. One call at a
   * time.
   *
   * @throws when somebody else took the port in the meantime; calling again tries again
   */
  setCondition(condition: SshCondition): Promise<void>;
  /** Closes the port and every connection. */
  stop(): Promise<void>;
}

/** One exchange is enough for a simulation; group exchange would cost seconds of CPU a connection. */
const ALGORITHMS = {
  kex: ['curve25519-sha256', 'curve25519-sha256@libssh.org'],
  serverHostKey: ['ssh-ed25519'],
} as const;
/** The client keeps the connection alive. ssh2 cannot do without an interval, and a long one costs nothing. */
const KEEPALIVE_MS = 3_600_000;

/**
 * Starts the SSH server of one simulated node. It has a fresh ed25519 host key, lets one user in with one key, and
 * knows nothing but commands: no shell, no forwarding, no files.
 *
 * @throws {PipefleetError} `listen_failed`
 */
export async function startSshNode(options: SshNodeOptions): Promise<SshNode> {
  const { delay = 0, roundTrip = 0 } = options;
  const allowed = parseKey(options.clientKey);
  const ownKey = makeKeyPair();
  const sockets = new Set<Socket>();
  const servers = new Map<SshCondition, Server>();
  let condition: SshCondition = 'normal';
  let stopped = false;

  const welcome = (client: Connection): void => {
    client.on('error', ignore);
    client.on('authentication', (context) => {
      if (condition !== 'auth_refused' && mayLogIn(context, options.user, allowed)) context.accept();
      else context.reject(['publickey']);
    });
    client.on('session', (acceptSession) => {
      const session = acceptSession();
      session.on('error', ignore);
      session.on('exec', (acceptCommand, _reject, { command }) => {
        const channel = acceptCommand();
        channel.on('error', ignore);
        channel.stderr.on('error', ignore);
        const program = options.serve?.(command);
        if (program !== undefined) {
          serve(channel, program, delay);
          return;
        }
        // Unread input would hold back the end of the channel.
        channel.resume();
        const answer = options.run(command);
        if (answer !== undefined) void afterwards(delay, () => reply(channel, answer));
      });
    });
  };

  /** Made when the first client comes: most of a large fleet's memory is saved before that. */
  const serverFor = (key: 'normal' | 'host_key_changed'): Server => {
    let server = servers.get(key);
    if (server === undefined) {
      const { privateKey } = key === 'normal' ? ownKey : makeKeyPair();
      server = new ssh2.Server({
        hostKeys: [privateKey],
        algorithms: { kex: [...ALGORITHMS.kex], serverHostKey: [...ALGORITHMS.serverHostKey] },
        ident: 'pipefleet_simulated_node',
        keepaliveInterval: KEEPALIVE_MS,
      });
      server.on('error', ignore);
      server.on('connection', welcome);
      servers.set(key, server);
    }
    return server;
  };

  const tcp = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', ignore);
    socket.once('close', () => sockets.delete(socket));
    if (condition === 'silent') {
      socket.resume();
      return;
    }
    const wire = roundTrip === 0 ? socket : delayedSocket(socket, roundTrip);
    // ssh2 asks no more of a socket than that it is a stream.
    serverFor(condition === 'host_key_changed' ? condition : 'normal').injectSocket(wire as Socket);
  });
  tcp.on('error', ignore);

  const address = await listenOnLoopback(tcp, options.host, options.port);

  const close = async (): Promise<void> => {
    const closed = tcp.listening ? new Promise<void>((resolve) => tcp.close(() => resolve())) : undefined;
    for (const socket of sockets) socket.destroy();
    await closed;
  };

  return {
    ...address,
    hostKey: ownKey.publicKey,
    async setCondition(next) {
      if (next !== condition) for (const socket of sockets) socket.destroy();
      condition = next;
      if (next === 'closed') await close();
      else if (!tcp.listening && !stopped) await listen(tcp, address.host, address.port);
    },
    stop() {
      stopped = true;
      return close();
    },
  };
}

/** At once when there is nothing to wait for: a timer an answer would cost a large fleet dearly. */
async function afterwards(milliseconds: number, work: () => void): Promise<void> {
  if (milliseconds > 0) await sleep(milliseconds, undefined, { ref: false });
  work();
}

function serve(channel: ServerChannel, { answer }: ServedProgram, delay: number): void {
  createInterface(channel).on('line', (request) => {
    const text = answer(request);
    if (text !== undefined) void afterwards(delay, () => channel.write(text));
  });
  channel.on('end', () => {
    channel.exit(0);
    channel.end();
  });
}

function reply(channel: ServerChannel, { stdout, stderr, exitCode }: CommandAnswer): void {
  if (stderr !== '') channel.stderr.write(stderr);
  channel.write(stdout, () => {
    channel.exit(exitCode);
    channel.end();
  });
}

function mayLogIn(context: AuthContext, user: string, allowed: ParsedKey): boolean {
  if (context.method !== 'publickey' || context.username !== user) return false;
  if (context.key.algo !== allowed.type || !allowed.getPublicSSH().equals(context.key.data)) return false;
  // Without a signature the client only asks whether the key would do.
  if (context.signature === undefined || context.blob === undefined) return true;
  return allowed.verify(context.blob, context.signature, context.hashAlgo);
}

function parseKey(text: string): ParsedKey {
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error) throw key;
  return key;
}

/** A client that leaves in the middle is part of life on a network. */
function ignore(): void {
  return undefined;
}
