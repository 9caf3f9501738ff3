import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, ClientChannel } from 'ssh2';
import type { Attempt } from '../core/attempt.js';
import { messageOf } from '../core/errors.js';
import { redact } from '../core/redact.js';

/** What the node would print had it run our words; it stands in no word that we send. */
const ESCAPED = 'pipefleet-escaped-42';
const WORDS = 'echo pipefleet-escaped-$((6*7))';
const ATTEMPT_MS = 5_000;
const OUTPUT_LENGTH = 4_096;

type Try = (client: Client) => Promise<string>;

/** Each resolves with what the node answered where that was allowed, and rejects where it was refused. */
const TRIES: Readonly<Record<string, Try>> = {
  'a command of its own': (client) => run(client, WORDS),
  'a command behind an allowed one': (client) =>
    run(client, `pipefleet-gate monitor node ${'0'.repeat(32)}; ${WORDS}`),
  'a command inside an argument': (client) => run(client, `pipefleet-gate monitor $(${WORDS} >&2)`),
  'a command on a second line': (client) => run(client, `pipefleet-gate hello\n${WORDS}`),
  'a shell': (client) => shell(client, false),
  'a terminal': (client) => shell(client, true),
  'files by sftp': (client) => opened((done) => client.sftp((error, sftp) => done(error, () => sftp.end()))),
  'a tunnel to another address': (client) =>
    opened(
      (done) =>
        client.forwardOut('127.0.0.1', 0, '127.0.0.1', 22, (error, channel) =>
          done(error, () => channel.close()),
        ),
      CONNECT_FAILED,
    ),
  'a tunnel to a socket on the node': (client) =>
    opened((done) =>
      client.openssh_forwardOutStreamLocal('/run/dbus/system_bus_socket', (error, channel) =>
        done(error, () => channel.close()),
      ),
    ),
  'a port on the node': (client) =>
    opened((done) =>
      client.forwardIn('127.0.0.1', 0, (error, port) =>
        done(error, () => client.unforwardIn('127.0.0.1', port)),
      ),
    ),
};

/**
 * RFC 4254, section 5.1: the node was allowed to try and could not reach what was asked for. sshd says so of sockets too when it
 * did not try.
 */
const CONNECT_FAILED = 2;

/** What {@link tryRestrictions} tries, in words. */
export const restrictionsTried = Object.keys(TRIES) as readonly string[];

/**
 * Tries on a logged-in connection what a restricted key must not be able to do. Nothing of it would change anything on the node
 * were it allowed. Never rejects.
 */
export async function tryRestrictions(client: Client): Promise<readonly Attempt[]> {
  const attempts: Attempt[] = [];
  // One after the other: a node may refuse many sessions at once for other reasons.
  for (const [what, attempt] of Object.entries(TRIES)) attempts.push(await judge(what, attempt(client)));
  return attempts;
}

async function judge(what: string, attempt: Promise<string>): Promise<Attempt> {
  const late = sleep(ATTEMPT_MS, undefined, { ref: false });
  try {
    const answer = await Promise.race([attempt, late]);
    if (answer === undefined) return { what, result: 'unknown', detail: 'The node did not answer.' };
    return { what, result: 'allowed', detail: shown(answer) };
  } catch (error) {
    return { what, result: 'refused', detail: shown(messageOf(error)) };
  }
}

/** Resolves when the words were run; rejects with what the node said when they were not. */
function run(client: Client, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error === undefined) watch(channel, resolve, reject);
      else reject(error);
    });
  });
}

function shell(client: Client, terminal: boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    client.shell(terminal ? { term: 'vt100' } : false, (error, channel) => {
      if (error !== undefined) {
        reject(error);
        return;
      }
      watch(channel, resolve, reject);
      channel.end(`${WORDS}\nexit\n`);
    });
  });
}

function watch(
  channel: ClientChannel,
  resolve: (answer: string) => void,
  reject: (error: Error) => void,
): void {
  let said = '';
  const hear = (chunk: Buffer): void => {
    said = (said + chunk.toString('latin1')).slice(0, OUTPUT_LENGTH);
  };
  channel.on('error', () => undefined);
  channel.on('data', hear);
  channel.stderr.on('data', hear);
  channel.on('close', () => {
    if (said.includes(ESCAPED)) resolve('It ran.');
    else reject(new Error(said.trim().split('\n').at(-1) ?? ''));
  });
}

function opened(
  open: (done: (error: Error | undefined, close: () => void) => void) => void,
  tried?: number,
): Promise<string> {
  return new Promise((resolve, reject) => {
    open((error, close) => {
      if (error === undefined) {
        close();
        resolve('It was opened.');
      } else if ('reason' in error && error.reason === tried) {
        resolve('The node tried to open it.');
      } else {
        reject(error);
      }
    });
  });
}

function shown(text: string): string {
  return redact(text.replaceAll(/\s+/g, ' '), 120);
}
