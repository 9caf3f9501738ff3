import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { startDeadline } from '../core/deadline.js';
import type { Dialogue } from '../core/exec.js';
import { findTool } from '../stack/tools.js';
import { BACKENDS } from '../config/config.js';
import { startCountingProxy } from './testing/counting-proxy.js';
import { exec, realNodes, type RealNode } from './testing/real-nodes.js';
import { startSshd, type SshdOptions } from './testing/sshd.js';

const { start, newPool, atEnd } = realNodes();

const SIDES = BACKENDS.flatMap((backend) => [
  { release: 'sshd' as const, backend },
  { release: 'sshd-sid' as const, backend },
]);

describe.each(SIDES)('a real OpenSSH server, $release, by the backend $backend,', ({ release, backend }) => {
  const sshd = (options?: SshdOptions): Promise<RealNode> => start({ release, ...options }, { backend });

  test('runs commands on one kept connection, and an exit code is a result', async () => {
    const { server, node, pool } = await sshd();
    expect(await exec(pool, node, 'echo out; echo err >&2; exit 3')).toMatchObject({
      reason: 'none',
      exitCode: 3,
      stdout: 'out\n',
      stderr: 'err\n',
      connectionReused: false,
    });
    expect(await exec(pool, node, 'cat /proc/self/comm')).toMatchObject({
      exitCode: 0,
      connectionReused: true,
    });
    expect(server.log().match(/Accepted publickey for pipefleet/g)).toHaveLength(1);
  });

  test('with MaxSessions 1 still serves several probes at a time', async () => {
    const { server, node, pool } = await sshd({ config: ['MaxSessions 1'] });
    const results = await Promise.all(
      Array.from({ length: 5 }, (_, index) => exec(pool, node, `echo ${index}`)),
    );
    expect(results.map(({ reason, stdout }) => [reason, stdout])).toEqual(
      Array.from({ length: 5 }, (_, index) => ['none', `${index}\n`]),
    );
    expect(server.log().match(/Accepted publickey/g)).toHaveLength(1);
  });

  test('that was restarted is found again by the very next probe', async () => {
    const { server, node, pool } = await sshd();
    await exec(pool, node, 'true');
    await server.crash();
    await server.start();
    expect(await exec(pool, node, 'echo back')).toMatchObject({ reason: 'none', stdout: 'back\n' });
  });

  test('whose host key was replaced is refused', async () => {
    const { server, node, pool } = await sshd();
    const other = await startSshd({ release });
    atEnd(() => other.dispose());
    writeFileSync(
      server.knownHosts,
      `[${server.address}]:${server.port} ${readFileSync(`${other.hostKeyFile}.pub`, 'utf8')}`,
    );
    expect(await exec(pool, node, 'true')).toMatchObject({ reason: 'host_key_changed' });
  });

  test('that has keys of several types presents the one that is known', async () => {
    const { server } = await sshd();
    const rsa = join(server.folder, 'rsa');
    execFileSync(await findTool('ssh-keygen'), ['-q', '-t', 'rsa', '-b', '2048', '-N', '', '-f', rsa]);
    const second = await sshd({ config: [`HostKey "${rsa}"`] });
    writeFileSync(
      second.server.knownHosts,
      `[${second.server.address}]:${second.server.port} ${readFileSync(`${rsa}.pub`, 'utf8')}`,
    );
    expect(await exec(second.pool, second.node, 'true')).toMatchObject({ reason: 'none' });
  });

  test('knows a stranger by the key', async () => {
    const { node, pool } = await sshd();
    const other = await sshd();
    const stranger = { ...node, credential: other.node.credential };
    expect(await exec(pool, stranger, 'true')).toMatchObject({ reason: 'auth' });
  });

  test('accepts an encrypted key, which is decrypted once', async () => {
    const { server, node, pool } = await sshd();
    const keygen = await findTool('ssh-keygen');
    const passphrase = join(server.folder, 'passphrase');
    writeFileSync(passphrase, 'correct horse\n', { mode: 0o600 });
    execFileSync(keygen, ['-q', '-p', '-P', '', '-N', 'correct horse', '-f', server.keyFile]);
    const locked = { ...node, credential: { ...node.credential, passphrase: { file: passphrase } } };
    expect(await exec(pool, node, 'true')).toMatchObject({
      reason: 'credential',
      message: `The key file ${server.keyFile} is encrypted; give its credential a passphrase_file or passphrase_env.`,
    });
    expect(await exec(pool, locked, 'true')).toMatchObject({ reason: 'none' });

    writeFileSync(passphrase, 'wrong', { mode: 0o600 });
    expect(await exec(newPool(), locked, 'true')).toMatchObject({
      reason: 'credential',
      message: `The passphrase given for the key file ${server.keyFile} is wrong.`,
    });
  });

  test('accepts what an ssh-agent signs', async () => {
    const { server, node, pool } = await sshd();
    const agent = join(server.folder, 'agent');
    const child = spawn(await findTool('ssh-agent'), ['-D', '-a', agent], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    atEnd(() => child.kill());
    await once(child.stdout, 'data');
    execFileSync(await findTool('ssh-add'), ['-q', server.keyFile], {
      env: { ...process.env, SSH_AUTH_SOCK: agent },
      stdio: 'ignore',
    });
    const byAgent = { ...node, credential: { ...node.credential, keyFile: undefined, agent } };
    expect(await exec(pool, byAgent, 'echo signed')).toMatchObject({ reason: 'none', stdout: 'signed\n' });
  });

  test('that hangs up on an agent with too many keys has refused the login, and is not hammered', async () => {
    const { server, node, pool } = await sshd({ config: ['MaxAuthTries 2'] });
    const keygen = await findTool('ssh-keygen');
    const agent = join(server.folder, 'agent');
    const child = spawn(await findTool('ssh-agent'), ['-D', '-a', agent], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    atEnd(() => child.kill());
    await once(child.stdout, 'data');
    for (const name of ['one', 'two', 'three']) {
      execFileSync(keygen, ['-q', '-t', 'ed25519', '-N', '', '-f', join(server.folder, name)]);
      execFileSync(await findTool('ssh-add'), ['-q', join(server.folder, name)], {
        env: { ...process.env, SSH_AUTH_SOCK: agent },
        stdio: 'ignore',
      });
    }
    const byAgent = { ...node, credential: { ...node.credential, keyFile: undefined, agent } };
    const result = await exec(pool, byAgent, 'true');
    expect(result.reason).toBe('auth');
    expect(result.message).toMatch(/ was refused(?: by hanging up \(.+\))?; is its public key in/);
    expect(pool.states().backoff).toBe(1);
  });

  test('is free again when the commands that nobody waited for do not end', async () => {
    const { node, pool } = await sshd();
    await exec(pool, node, 'true');
    const deadlines = Array.from({ length: 4 }, () => startDeadline(60));
    const left = deadlines.map(({ signal }) =>
      pool.execFor(node).exec('trap "" HUP TERM; sleep 60', { signal, maxOutputBytes: 1000 }),
    );
    await sleep(300);
    for (const deadline of deadlines) deadline.cancel();
    expect((await Promise.all(left)).map(({ reason }) => reason)).toEqual(Array(4).fill('cancelled'));
    expect(await exec(pool, node, 'echo free', 25)).toMatchObject({ reason: 'none', stdout: 'free\n' });
  });

  test('gives the command what it is to read, and an end of it', async () => {
    const { node, pool } = await sshd();
    const stdin = 'secret\n'.repeat(20_000);
    expect(await exec(pool, node, 'wc -c', 15, { stdin })).toMatchObject({ stdout: `${stdin.length}\n` });
    expect(await exec(pool, node, 'true', 15, { stdin })).toMatchObject({ reason: 'none', exitCode: 0 });
  });

  test('lets the caller answer what a command prints, on either stream, until the caller ends it', async () => {
    const { node, pool } = await sshd();
    const told: string[] = [];
    const stdin = (): Dialogue => {
      let heard = '';
      return (stream, text) => {
        told.push(stream);
        heard += text;
        if (heard.endsWith('name? ')) return { text: 'fra-1\n', end: false };
        return heard.endsWith('and? ') ? { text: 'the rest', end: true } : undefined;
      };
    };
    const command = 'printf "name? " >&2; read -r name; printf "$name, and? "; cat; echo " at its end"';
    expect(await exec(pool, node, command, 15, { stdin })).toMatchObject({
      exitCode: 0,
      stdout: 'fra-1, and? the rest at its end\n',
      stderr: 'name? ',
    });
    expect(told.at(0)).toBe('stderr');
    expect(told.at(-1)).toBe('stdout');
  });

  test('tells a command that was killed from one that failed, whatever its status', async () => {
    const { node, pool } = await sshd();
    expect(await exec(pool, node, 'exit 255')).toMatchObject({ reason: 'none', exitCode: 255 });
    expect(await exec(pool, node, 'kill -9 $$')).toMatchObject({ reason: 'command', exitCode: undefined });
    expect(await exec(pool, node, 'echo still here')).toMatchObject({ connectionReused: true });
  });

  test('cuts off a command that never stops printing, and keeps 4 KiB of what it complains', async () => {
    const { node, pool } = await sshd();
    const complaint = await exec(pool, node, 'head -c 9000 /dev/zero | tr "\\0" x >&2');
    expect(complaint.stderr).toBe('x'.repeat(4096));
    expect(await exec(pool, node, 'yes', 15, { maxOutputBytes: 100_000 })).toMatchObject({
      reason: 'output',
    });
    expect(await exec(pool, node, 'echo again')).toMatchObject({ reason: 'none', connectionReused: false });
  });

  test('ends a command at its deadline, and its connection with it', async () => {
    const { node, pool } = await sshd();
    await exec(pool, node, 'true');
    expect(await exec(pool, node, 'echo begun; sleep 60', 0.5)).toMatchObject({
      reason: 'command_timeout',
      message: 'The command did not finish in time.',
      stdout: 'begun\n',
    });
    expect(pool.states().ready).toBe(0);
  });

  test('that dies while a command runs has broken the connection', async () => {
    const { server, node, pool } = await sshd();
    await exec(pool, node, 'true');
    const begun = join(server.folder, 'begun');
    const running = exec(pool, node, `echo begun; touch ${begun}; sleep 60`);
    while (!existsSync(begun)) await sleep(10);
    await server.crash();
    expect(await running).toMatchObject({ reason: 'connection_lost', stdout: 'begun\n' });
  });

  test('with a forced command answers with that, whatever was asked', async () => {
    const { node, pool } = await sshd({ keyOptions: 'restrict,command="echo gate: $SSH_ORIGINAL_COMMAND"' });
    expect(await exec(pool, node, 'rm -rf /tmp/nothing')).toMatchObject({
      exitCode: 0,
      stdout: 'gate: rm -rf /tmp/nothing\n',
    });
  });
});

describe('the backend ssh2', () => {
  test('costs a warm probe two round trips', async () => {
    const { server, node, pool } = await start();
    const proxy = await startCountingProxy(server.address, server.port);
    atEnd(() => proxy.stop());
    const hostKey = readFileSync(`${server.hostKeyFile}.pub`, 'utf8');
    writeFileSync(server.knownHosts, `[127.0.0.1]:${proxy.port} ${hostKey}`);
    const behind = { ...node, host: '127.0.0.1', port: proxy.port };
    await exec(pool, behind, 'true');
    await sleep(200);
    proxy.turns();
    for (let probe = 0; probe < 3; probe++) {
      const result = await exec(pool, behind, 'head -c 3000 /dev/zero');
      expect(result).toMatchObject({ reason: 'none', connectionReused: true });
      expect(proxy.turns()).toBe(2);
      // The client's last word, that it has closed the channel too, is waited for by nobody.
      await sleep(100);
      proxy.turns();
    }
  });
});
