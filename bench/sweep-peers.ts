import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ACCOUNT, type Sshd } from '../src/ssh/testing/sshd.js';
import { run } from '../src/stack/run.js';
import { findTool, unpackedBundle } from '../src/stack/tools.js';
import { openAccount } from './account.js';
import { versionOf } from './versions.js';

/** What one sweep took of whoever made it. */
export interface Sweep {
  readonly seconds: number;
  /** CPU of all its processes, those that it left behind to keep connections too. */
  readonly cpuSeconds: number;
}

/** A program that runs a command on many machines. */
export interface Peer {
  readonly name: string;
  /** The words that run a command on every machine of a file, one address a line. */
  command(hosts: string, command: string): readonly string[];
}

/** A way to send commands, with what it leaves running. */
export interface Sweeper {
  /** @throws when a machine did not run the command */
  sweep(hosts: readonly string[], command: string): Promise<Sweep>;
  close(): Promise<void>;
}

/** As many machines at a time for everybody. */
export const PARALLEL = 32;

/** The machine's own: the packages hold modules that were compiled for it. */
const PYTHON = '/usr/bin/python3';
/** Waits until it is counted, so that nothing of it is missed. */
const STARTER = 'read -r _ && exec "$@" </dev/null';

/** How the peers find the machines, and each other's connections. */
export interface PeerOptions {
  readonly server: Sshd;
  readonly knownHosts: string;
  /** Connections stay open for the next command, by OpenSSH's ControlMaster. */
  readonly kept: boolean;
}

/** Programs that send commands to many machines, from Debian, with their versions. */
export async function findPeers(say: (sentence: string) => void): Promise<{
  peers: Record<'xargs' | 'pssh' | 'clush' | 'ansible', Peer>;
  versions: Record<string, string>;
}> {
  const root = await unpackedBundle('fleet-tools', say);
  const at = (name: string): string => join(root, 'usr', 'bin', name);
  const env = pythonEnvironment(root);
  const version = async (name: string): Promise<string> => {
    const { stdout } = await run(PYTHON, [at(name), '--version'], { env });
    return /\d+(?:\.\d+)+/.exec(stdout)?.[0] ?? 'unknown';
  };
  const several = String(PARALLEL);
  return {
    peers: {
      xargs: {
        name: 'ssh under xargs',
        command: (hosts, command) => ['xargs', '-a', hosts, '-P', several, '-I', '{}', 'ssh', '{}', command],
      },
      pssh: {
        name: 'parallel-ssh',
        command: (hosts, command) => [
          PYTHON,
          at('parallel-ssh'),
          '-h',
          hosts,
          '-p',
          several,
          '-t',
          '60',
          command,
        ],
      },
      clush: {
        name: 'clush',
        command: (hosts, command) => {
          const how = ['-S', '-q', '--nostdin', '-f', several, '--hostfile', hosts];
          return [PYTHON, at('clush'), ...how, command];
        },
      },
      ansible: {
        name: 'Ansible, module raw',
        command: (hosts, command) => {
          const how = ['-i', hosts, '-f', several, '-m', 'raw', '-a', command];
          return [PYTHON, at('ansible'), 'all', ...how];
        },
      },
    },
    versions: {
      OpenSSH: await versionOf('ssh'),
      'parallel-ssh': await version('parallel-ssh'),
      clush: await version('clush'),
      ansible: await version('ansible'),
    },
  };
}

function pythonEnvironment(root: string): Record<string, string> {
  return { PYTHONPATH: join(root, 'usr', 'lib', 'python3', 'dist-packages'), LC_ALL: 'C.UTF-8' };
}

/** Prepares a peer: a home of its own, with an `ssh` that knows the machines. */
export async function openPeer(peer: Peer, { server, knownHosts, kept }: PeerOptions): Promise<Sweeper> {
  const home = mkdtempSync(join(tmpdir(), 'pipefleet-peer-'));
  const config = join(home, 'config');
  const hostList = join(home, 'hosts');
  const said = join(home, 'said');
  writeFileSync(
    config,
    [
      'Host *',
      `Port ${server.port}`,
      `User ${ACCOUNT}`,
      `IdentityFile ${server.keyFile}`,
      `UserKnownHostsFile ${knownHosts}`,
      'IdentitiesOnly yes',
      'StrictHostKeyChecking yes',
      'BatchMode yes',
      'LogLevel ERROR',
      ...(kept ? ['ControlMaster auto', `ControlPath ${home}/%C`, 'ControlPersist 600'] : []),
      '',
    ].join('\n'),
  );
  // Every one of them runs an `ssh` of PATH; Ansible would add ControlPersist of its own.
  writeFileSync(join(home, 'ssh'), `#!/bin/sh\nexec ${await findTool('ssh')} -F ${config} "$@"\n`, {
    mode: 0o755,
  });
  const env = {
    ...pythonEnvironment(await unpackedBundle('fleet-tools', () => undefined)),
    HOME: home,
    PATH: `${home}:${process.env['PATH'] ?? ''}`,
    ANSIBLE_SSH_ARGS: '-C',
    ANSIBLE_HOST_KEY_CHECKING: 'True',
    ANSIBLE_PIPELINING: 'True',
  };
  const account = openAccount(`peer-${peer.name.replaceAll(/\W/g, '')}`);
  return {
    sweep: async (hosts, command) => {
      writeFileSync(hostList, `${hosts.join('\n')}\n`);
      const output = openSync(said, 'w');
      const words = peer.command(hostList, command);
      const child = spawn('/bin/sh', ['-c', STARTER, 'sh', ...words], {
        env,
        stdio: ['pipe', output, output],
      });
      closeSync(output);
      const ended = once(child, 'exit');
      account.add(child.pid ?? NaN);
      const used = account.used();
      const since = performance.now();
      child.stdin?.end('\n');
      const [code] = (await ended) as [number | null];
      const seconds = (performance.now() - since) / 1000;
      if (code !== 0) {
        throw new Error(
          `${peer.name} ended with ${String(code)}: ${readFileSync(said, 'utf8').slice(-2000)}`,
        );
      }
      return { seconds, cpuSeconds: (account.used() - used) / 1e9 };
    },
    close: async () => {
      for (const pid of account.processes()) process.kill(pid, 'SIGTERM');
      while (account.processes().length > 0) await sleep(50);
      account.remove();
      rmSync(home, { recursive: true });
    },
  };
}
