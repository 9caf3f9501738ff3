import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../ssh/testing/sshd.js';
import { findTool } from '../../stack/tools.js';

/** Why machines cannot be made here; undefined when they can. They take mounts of their own, which only root may make. */
export const NO_MACHINES =
  process.getuid?.() === 0
    ? undefined
    : 'a machine of its own for a test takes root (unshare, overlay mounts)';

export interface MachineOptions {
  /** An address of 127.0.0.0/8. */
  readonly address?: string;
  /** More lines for sshd_config; the first of a setting wins, and these come first. */
  readonly config?: readonly string[];
  /** Private key of `root` and `admin`, its public half beside it; a new one by default. */
  readonly keyFile?: string;
  /** Shell run as root inside before sshd starts. */
  readonly prepare?: string;
}

/**
 * A bare machine to be taken in: real accounts, a real sshd, sudo, on file systems of its own over those of this machine.
 * Whatever happens in it is gone with it.
 */
export interface Machine {
  readonly address: string;
  readonly port: number;
  /** Private key of `root` and of `admin`, who may do everything by sudo without a password. */
  readonly keyFile: string;
  /** The line of known_hosts. */
  readonly knownHost: string;
  readonly hostKeyFingerprint: string;
  /** Runs a shell command inside, as root; its standard output. */
  run(command: string): string;
  /** The words that run a program inside, as root. */
  inside(words: readonly string[]): readonly string[];
  log(): string;
  dispose(): Promise<void>;
}

/** Passwords of `boss`, who needs one for sudo, and may log in with it. */
export const BOSS_PASSWORD = 'correct horse battery';

export async function startMachine(options: MachineOptions = {}): Promise<Machine> {
  const [sshd, sudo, keygen] = await Promise.all([
    findTool('sshd'),
    findTool('sudo'),
    findTool('ssh-keygen'),
  ]);
  const address = options.address ?? '127.0.0.1';
  const port = await freePort(address);
  const folder = mkdtempSync(join(tmpdir(), 'pipefleet-machine-'));
  const at = (name: string): string => join(folder, name);
  const keyFile = options.keyFile ?? at('admin_key');
  for (const file of [at('host_key'), ...(options.keyFile === undefined ? [keyFile] : [])])
    execFileSync(keygen, ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', file]);
  mkdirSync(at('layers'));
  writeFileSync(
    at('sshd_config'),
    [
      ...(options.config ?? []),
      `ListenAddress ${address}:${port}`,
      `HostKey ${at('host_key')}`,
      `PidFile ${at('sshd.pid')}`,
      'PermitRootLogin prohibit-password',
      'UsePAM no',
      'PermitEmptyPasswords no',
      'MaxStartups 100',
      'LogLevel VERBOSE',
      '',
    ].join('\n'),
  );
  writeFileSync(at('inside'), inside({ folder, keyFile, sshd, sudo, prepare: options.prepare ?? '' }));
  const child = spawn(
    'unshare',
    ['--mount', '--uts', '--pid', '--fork', '--kill-child', '--mount-proc', '/bin/sh', at('inside')],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const dispose = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await untilListening(address, port, child, () => log);
  } catch (error) {
    await dispose();
    throw error;
  }
  const publicKey = readFileSync(at('host_key.pub'), 'utf8').trim();
  const pid = readFileSync(at('pid'), 'utf8').trim();
  const within = (words: readonly string[]): readonly string[] => [
    'nsenter',
    '--target',
    outerPid(child, pid),
    '--mount',
    '--uts',
    '--pid',
    ...words,
  ];
  return {
    address,
    port,
    keyFile,
    knownHost: `[${address}]:${port} ${publicKey}\n`,
    hostKeyFingerprint:
      execFileSync(keygen, ['-lf', at('host_key.pub')], { encoding: 'utf8' }).split(' ')[1] ?? '',
    run: (command) => {
      const [program = '', ...words] = within(['/bin/sh', '-c', command]);
      return execFileSync(program, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    },
    inside: within,
    log: () => log,
    dispose,
  };
}

/** The process of the machine that is first in it, as this machine counts. */
function outerPid(child: ChildProcess, pid: string): string {
  const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ');
  return children[0] ?? pid;
}

/** Programs are laid over /usr from the packages they were unpacked from, unless the machine has its own. */
function inside({
  folder,
  keyFile,
  sshd,
  sudo,
  prepare,
}: Readonly<Record<'folder' | 'keyFile' | 'sshd' | 'sudo' | 'prepare', string>>): string {
  const packages = [sudo, sshd].flatMap((program) => {
    const root = /^(?<root>.*\/debian\/[^/]+\/[^/]+)\//.exec(program)?.groups?.['root'];
    return root === undefined ? [] : [root];
  });
  const layer = (path: string, over: readonly string[] = []): string =>
    `mkdir -p ${folder}/layers${path}/u ${folder}/layers${path}/w
mount -t overlay overlay -o "lowerdir=${[...over, path].join(':')},upperdir=${folder}/layers${path}/u,workdir=${folder}/layers${path}/w" ${path}
`;
  return `set -e
mount --make-rprivate /
mount -t tmpfs tmpfs ${folder}/layers
${['/etc', '/var', '/root', '/home', '/run'].map((path) => layer(path)).join('')}${layer(
    '/usr',
    packages.map((root) => `${root}/usr`),
  )}mkdir -p /run/sshd
hostname machine
echo 127.0.0.1 machine >>/etc/hosts
${packages.map((root) => `[ ! -d "${root}/etc" ] || cp -a "${root}/etc/." /etc/`).join('\n')}
grep -q ^sshd: /etc/passwd || useradd --system -d /run/sshd -s /usr/sbin/nologin sshd
for name in admin boss; do useradd -m -s /bin/bash $name; done
usermod -p '*' root
usermod -p '*' admin
echo 'boss:${BOSS_PASSWORD}' | chpasswd -c SHA512
printf 'root ALL=(ALL:ALL) ALL\\nadmin ALL=(ALL) NOPASSWD: ALL\\nboss ALL=(ALL) ALL\\n@includedir /etc/sudoers.d\\n' >/etc/sudoers
chmod 440 /etc/sudoers
for home in /root /home/admin /home/boss; do
install -d -m 700 -o $(stat -c %U $home) $home/.ssh
install -m 600 -o $(stat -c %U $home) "${keyFile}.pub" $home/.ssh/authorized_keys
done
rm /home/boss/.ssh/authorized_keys
${prepare}
echo $$ >${folder}/pid
mkdir -p /etc/ssh
cp ${folder}/sshd_config /etc/ssh/sshd_config
exec /usr/sbin/sshd -D -e
`;
}

async function untilListening(
  address: string,
  port: number,
  child: ChildProcess,
  log: () => string,
): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the machine ended: ${log()}`);
    const socket = connect(port, address);
    const open = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (open) return;
    await sleep(20);
  }
}
