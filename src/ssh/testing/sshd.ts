import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findTool } from '../../stack/tools.js';

/** The service account that every test sshd knows. It exists for sshd alone, by nss_wrapper; its uid is our own. */
export const ACCOUNT = 'pipefleet';

export interface SshdOptions {
  /** An address of 127.0.0.0/8, or `::1`; several nodes of one test have one each. */
  readonly address?: string;
  readonly port?: number;
  /** More lines for sshd_config; the first of a setting wins, and these come first. */
  readonly config?: readonly string[];
  /** Prefix of every key in authorized_keys, such as `restrict,command="…"`. */
  readonly keyOptions?: string;
  /** The release of OpenSSH: the machine's own, or a new one. */
  readonly release?: 'sshd' | 'sshd-sid';
  /** Command and arguments that sshd is run by, such as `ip netns exec NAME`. */
  readonly within?: readonly string[];
}

/** A real OpenSSH server on loopback. */
export interface Sshd {
  readonly address: string;
  readonly port: number;
  readonly folder: string;
  /** Private key that it accepts for {@link ACCOUNT}. */
  readonly keyFile: string;
  /** File that vouches for its host key. */
  readonly knownHosts: string;
  readonly hostKeyFile: string;
  /** What it has logged so far. */
  log(): string;
  /** Processes of the sessions that are open. */
  sessions(): readonly number[];
  /** Ends the server; sessions that are open live on, as OpenSSH has it. */
  stop(): Promise<void>;
  /** Ends the server and every session, as a reboot does. */
  crash(): Promise<void>;
  /** Starts it again on the same address and port with the same keys. */
  start(): Promise<void>;
  /** Ends it and everything that it started, and removes its folder. */
  dispose(): Promise<void>;
}

/** Starts a real sshd under our own uid, root or not, that leaves nothing behind. */
export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  const [program, keygen, wrapper] = await Promise.all([
    findTool(options.release ?? 'sshd'),
    findTool('ssh-keygen'),
    findTool('libnss_wrapper.so'),
  ]);
  const address = options.address ?? '127.0.0.1';
  const port = options.port ?? (await freePort(address));
  const folder = mkdtempSync(join(tmpdir(), 'pipefleet-sshd-'));
  const at = (name: string): string => join(folder, name);

  for (const name of ['host_key', 'client_key']) {
    execFileSync(keygen, ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', at(name)]);
  }
  const prefix = options.keyOptions === undefined ? '' : `${options.keyOptions} `;
  writeFileSync(at('authorized_keys'), prefix + readFileSync(at('client_key.pub'), 'utf8'), { mode: 0o600 });
  writeFileSync(
    at('known_hosts'),
    `${port === 22 ? address : `[${address}]:${port}`} ${readFileSync(at('host_key.pub'), 'utf8')}`,
  );
  mkdirSync(at('home'));
  const uid = process.getuid?.() ?? 0;
  const gid = process.getgid?.() ?? 0;
  writeFileSync(
    at('passwd'),
    `${ACCOUNT}:x:${uid}:${gid}:service account:${at('home')}:/bin/sh\nsshd:x:65534:65534::/nonexistent:/usr/sbin/nologin\n`,
  );
  writeFileSync(at('group'), `${ACCOUNT}:x:${gid}:\n`);
  writeFileSync(
    at('sshd_config'),
    [
      ...(options.config ?? []),
      `ListenAddress [${address}]:${port}`,
      `HostKey "${at('host_key')}"`,
      `AuthorizedKeysFile "${at('authorized_keys')}"`,
      `PidFile "${at('sshd.pid')}"`,
      'AuthenticationMethods publickey',
      'PermitRootLogin prohibit-password',
      'StrictModes no',
      'UsePAM no',
      'LogLevel VERBOSE',
      '',
    ].join('\n'),
  );
  // Debian's unit makes this folder at boot; sshd refuses to run as root without it.
  if (uid === 0 && !existsSync('/run/sshd')) mkdirSync('/run/sshd', { mode: 0o755 });

  let child: ChildProcess | undefined;
  let log = '';
  async function start(): Promise<void> {
    const before = log.length;
    const [command = program, ...args] = [
      ...(options.within ?? []),
      ...[program, '-D', '-e', '-f', at('sshd_config')],
    ];
    child = spawn(command, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        ...process.env,
        // By name: the variable takes no path with a space.
        LD_PRELOAD: basename(wrapper),
        LD_LIBRARY_PATH: dirname(wrapper),
        NSS_WRAPPER_PASSWD: at('passwd'),
        NSS_WRAPPER_GROUP: at('group'),
      },
    });
    child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
    await untilListening(child, () => log.slice(before));
  }
  async function stop(): Promise<void> {
    const running = child;
    child = undefined;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const ended = once(running, 'exit');
    running.kill('SIGTERM');
    await ended;
  }
  async function crash(): Promise<void> {
    const sessions = child?.pid === undefined ? [] : descendants(child.pid);
    await stop();
    for (const pid of sessions) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    }
  }
  await start();
  return {
    address,
    port,
    folder,
    keyFile: at('client_key'),
    knownHosts: at('known_hosts'),
    hostKeyFile: at('host_key'),
    log: () => log,
    sessions: () => (child?.pid === undefined ? [] : descendants(child.pid)),
    start,
    stop,
    crash,
    dispose: async () => {
      await crash();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A port that was free a moment ago. */
export async function freePort(address = '127.0.0.1'): Promise<number> {
  const server = createServer().listen(0, address);
  await once(server, 'listening');
  const bound = server.address();
  server.close();
  await once(server, 'close');
  return typeof bound === 'object' && bound !== null ? bound.port : 0;
}

/** By what it logs: a connection that does not log in would count against us (PerSourcePenalties). */
async function untilListening(child: ChildProcess, log: () => string): Promise<void> {
  while (!log().includes('Server listening on')) {
    if (child.exitCode !== null) throw new Error(`sshd ended: ${log()}`);
    await sleep(20);
  }
}

/** Everything that a process has started and that still runs. */
function descendants(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendants(child)]);
}

/** Processes that a process has started and that run; none of one that has ended. */
export function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    // It has ended by itself, since somebody saw it or between opening and reading (ESRCH).
    return [];
  }
}
