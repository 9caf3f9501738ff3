import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2, { type ParsedKey, type ServerChannel } from 'ssh2';
import { makeKeyPair } from '../key-pair.js';

export interface SshServerOptions {
  /** Answers a command; by default prints `ok` and exits 0. */
  readonly onExec?: (command: string, channel: ServerChannel) => void;
  /** Whether the client's key is accepted. */
  readonly acceptKey?: () => boolean;
  /** Speaks no SSH but with compressed packets. */
  readonly onlyCompressed?: boolean;
  /** Refuses sessions past so many at once, as sshd's MaxSessions does. */
  readonly maxSessions?: number;
  /** Opens connections for the client, as a jump host does; `hang` never says whether one could be opened. */
  readonly forwards?: boolean | 'hang';
}

/** An SSH server in this process whose every move a test decides. */
export interface SshServer {
  readonly port: number;
  readonly keyFile: string;
  readonly knownHosts: string;
  /** Connections that were ever accepted, by TCP. */
  readonly connections: () => number;
  /** Logins that were ever tried. */
  readonly logins: () => number;
  /** Sockets that are open now. */
  readonly openSockets: () => number;
  /** Connections that are open for clients now. */
  readonly openForwards: () => number;
  /** Key exchanges that the last client offered. */
  readonly offeredKex: () => readonly string[];
  readonly hostKey: ParsedKey;
  /** Cuts every connection without a word. */
  cut(): void;
  /** Stops reading and writing, as a frozen machine does, while the sockets stay open. */
  freeze(): void;
  stop(): Promise<void>;
}

function newKey(): { readonly pem: string; readonly parsed: ParsedKey } {
  const { privateKey } = makeKeyPair();
  const parsed = ssh2.utils.parseKey(privateKey);
  if (parsed instanceof Error) throw parsed;
  return { pem: privateKey, parsed };
}

export async function startSshServer(options: SshServerOptions = {}): Promise<SshServer> {
  const host = newKey();
  const client = newKey();
  const folder = mkdtempSync(join(tmpdir(), 'pipefleet-ssh-'));
  const keyFile = join(folder, 'key');
  const knownHosts = join(folder, 'known_hosts');
  writeFileSync(keyFile, client.pem, { mode: 0o600 });

  const sockets = new Set<Socket>();
  const forwarded = new Set<Socket>();
  let connections = 0;
  let logins = 0;
  let offeredKex: readonly string[] = [];

  const ssh = new ssh2.Server(
    {
      hostKeys: [host.pem],
      ...(options.onlyCompressed === true && { algorithms: { compress: ['zlib', 'zlib@openssh.com'] } }),
      debug: (line) => (offeredKex = kexOf(line) ?? offeredKex),
    },
    (connection) => {
      let sessions = 0;
      connection.on('error', () => undefined);
      connection.on('authentication', (context) => {
        if (context.method === 'publickey' && (options.acceptKey?.() ?? true)) {
          if (context.signature !== undefined) logins++;
          context.accept();
        } else {
          logins++;
          context.reject(['publickey']);
        }
      });
      connection.on('tcpip', (accept, reject, { destIP, destPort }) => {
        if (options.forwards === 'hang') return;
        if (options.forwards !== true) {
          reject();
          return;
        }
        const socket = connect(destPort, destIP).setNoDelay(true);
        forwarded.add(socket);
        socket.on('close', () => forwarded.delete(socket));
        socket.once('error', reject);
        socket.once('connect', () => {
          socket.off('error', reject).on('error', () => undefined);
          const channel = accept();
          channel.on('error', () => undefined);
          channel.on('close', () => socket.destroy());
          socket.on('close', () => channel.close());
          channel.pipe(socket).pipe(channel);
        });
        connection.on('close', () => socket.destroy());
      });
      connection.on('session', (accept, reject) => {
        if (options.maxSessions !== undefined && sessions >= options.maxSessions) {
          reject();
          return;
        }
        sessions++;
        const session = accept();
        session.on('close', () => sessions--);
        session.on('exec', (acceptExec, _reject, { command }) => {
          const channel = acceptExec();
          channel.on('error', () => undefined);
          if (options.onExec !== undefined) {
            options.onExec(command, channel);
          } else {
            channel.write('ok');
            channel.exit(0);
            channel.end();
          }
        });
      });
    },
  );
  const tcp = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    ssh.injectSocket(socket);
  });
  tcp.listen(0, '127.0.0.1');
  await once(tcp, 'listening');
  const address = tcp.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const entry = host.parsed.getPublicSSH().toString('base64');
  writeFileSync(knownHosts, `[127.0.0.1]:${port} ssh-ed25519 ${entry}\n`);

  return {
    port,
    keyFile,
    knownHosts,
    hostKey: host.parsed,
    connections: () => connections,
    logins: () => logins,
    openSockets: () => sockets.size,
    openForwards: () => forwarded.size,
    offeredKex: () => offeredKex,
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
    freeze: () => {
      for (const socket of sockets) {
        socket.removeAllListeners('data');
        socket.pause();
      }
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      tcp.close();
      await once(tcp, 'close');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function kexOf(line: string): readonly string[] | undefined {
  const match = /\(remote\) KEX method: (?<list>\S+)/.exec(line);
  return match?.groups?.['list']?.split(',');
}
