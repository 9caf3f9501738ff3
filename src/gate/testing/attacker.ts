import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import ssh2, { type Client, type ClientChannel } from 'ssh2';
import { ACCOUNT, type Sshd } from '../../ssh/testing/sshd.js';
import { findTool } from '../../stack/tools.js';

/** What came of something that was asked of a server. */
export interface Reply {
  readonly stdout: string;
  readonly stderr: string;
  /** Exit status; undefined when there was none. */
  readonly code: number | undefined;
  /** What the server refused before there was anything to end. */
  readonly error?: string;
}

/** Logs in with a client that asks for whatever it is told to; the caller destroys it. */
export async function logIn({ address, port, keyFile }: Sshd): Promise<Client> {
  const client = new ssh2.Client();
  await new Promise((resolve, reject) =>
    client
      .once('ready', () => resolve(undefined))
      .once('error', reject)
      .connect({
        host: address,
        port,
        username: ACCOUNT,
        privateKey: readFileSync(keyFile),
        authHandler: ['publickey'],
      }),
  );
  client.on('error', () => undefined);
  client.setNoDelay(true);
  return client;
}

export type Opened = (error: Error | undefined, channel: ClientChannel) => void;

/**
 * What comes of a channel that a client asks for, until it is closed.
 *
 * @param enough ends it as soon as so much has come on standard output
 */
export function reply(open: (opened: Opened) => unknown, enough = Infinity): Promise<Reply> {
  return new Promise((resolve) => {
    open((error, channel) => {
      // ssh2 gives null as well.
      if (error) {
        resolve({ stdout: '', stderr: '', code: undefined, error: error.message });
        return;
      }
      const texts = { stdout: '', stderr: '' };
      let code: number | undefined;
      channel.on('data', (chunk: Buffer) => {
        texts.stdout += chunk.toString();
        if (texts.stdout.length >= enough) channel.close();
      });
      channel.stderr.on('data', (chunk: Buffer) => (texts.stderr += chunk.toString()));
      channel.on('exit', (status: number | null) => (code = status ?? undefined));
      channel.on('close', () => resolve({ ...texts, code }));
    });
  });
}

/**
 * Runs a program of OpenSSH against a server. Never rejects.
 *
 * @param until ends the program; without it, it ends by itself
 * @param input all that it can read; without it, it waits for more
 */
export async function openssh(
  to: Sshd,
  tool: 'ssh' | 'scp' | 'sftp',
  words: readonly string[],
  {
    until,
    input,
    agent = '/nowhere',
  }: { readonly until?: Promise<unknown>; readonly input?: string; readonly agent?: string } = {},
): Promise<Reply> {
  const options = [
    ...['-F', 'none', '-i', to.keyFile, '-o', 'IdentitiesOnly=yes', '-o', 'BatchMode=yes'],
    ...['-o', `UserKnownHostsFile=${to.knownHosts}`, '-o', 'StrictHostKeyChecking=yes'],
    ...['-o', `Port=${to.port}`, '-o', `User=${ACCOUNT}`, '-o', 'ExitOnForwardFailure=yes'],
  ];
  const own = tool === 'ssh' ? [] : ['-S', await findTool('ssh')];
  const left = new AbortController();
  void until?.finally(() => left.abort());
  try {
    const running = promisify(execFile)(await findTool(tool), [...options, ...own, ...words], {
      env: { PATH: process.env['PATH'], DISPLAY: ':7', SSH_AUTH_SOCK: agent },
      signal: left.signal,
    });
    // It may have been refused, and have ended, before it reads.
    running.child.stdin?.on('error', () => undefined);
    if (input !== undefined) running.child.stdin?.end(input);
    return { ...(await running), code: 0 };
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: unknown; stdout: string; stderr: string };
    return { code: typeof code === 'number' ? code : undefined, stdout, stderr };
  }
}
