import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Client, ExecOptions } from 'ssh2';
import { freePort, startSshd, type Sshd } from '../ssh/testing/sshd.js';
import { findTool } from '../stack/tools.js';
import { monitorRequest, SERVE_REQUEST } from './protocol.js';
import { logIn, openssh, reply, type Reply } from './testing/attacker.js';
import { createGateFile, type GateFile } from './testing/gate-file.js';

const TOKEN = 'f00dfeedf00dfeedf00dfeedf00dfeed';
const LEGITIMATE = monitorRequest('node', TOKEN);
/** Prints the environment in which sshd has started the shell. */
const ENVIRONMENT = `tr '\\0' '\\n' </proc/$$/environ`;

/** Servers that allow whatever sshd can be told to allow: the line of the key is all that stands in the way. */
const PERMISSIVE = [
  'AcceptEnv *',
  'PermitUserEnvironment yes',
  'PermitUserRC yes',
  'PermitTTY yes',
  'AllowTcpForwarding yes',
  'AllowStreamLocalForwarding yes',
  'AllowAgentForwarding yes',
  'X11Forwarding yes',
  'GatewayPorts yes',
  'Subsystem other /usr/bin/id',
];

let canaries = '';
let gate: GateFile;
/** Has a gate before the key. */
let server: Sshd;
/** Has nothing before the key: what succeeds there would be an attack. */
let open: Sshd;
let client: Client;
let openClient: Client;
let agent = '';
const cleanups: (() => unknown)[] = [];

beforeAll(async () => {
  canaries = mkdtempSync(join(tmpdir(), 'pipefleet-canaries-'));
  gate = await createGateFile(new Map([['node', { body: `echo alive\n${ENVIRONMENT}\n` }]]));
  const config = [...PERMISSIVE, 'Subsystem sftp internal-sftp'];
  const hostile = ['ENV', 'BASH_ENV', 'PATH'].map((name) => `environment="${name}=${canaries}/rc"`);
  server = await startSshd({
    config,
    keyOptions: ['restrict', ...hostile, `command="${gate.path} monitor"`].join(),
  });
  // A node has scp on PATH; this machine may not.
  const path = `${dirname(await findTool('scp'))}:/usr/bin:/bin`;
  open = await startSshd({ config: [...config, `SetEnv "PATH=${path}"`] });
  for (const one of [server, open]) {
    const folder = join(one.folder, 'home', '.ssh');
    mkdirSync(folder);
    writeFileSync(join(folder, 'rc'), `touch '${one.folder}/started-up'\n`);
    writeFileSync(join(folder, 'environment'), `PERL5OPT=-Mevil\nBASH_ENV=${folder}/rc\n`);
  }
  [client, openClient] = [await logIn(server), await logIn(open)];

  agent = join(open.folder, 'agent');
  const child = spawn(await findTool('ssh-agent'), ['-D', '-a', agent], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  cleanups.push(() => child.kill());
  await once(child.stdout, 'data');
});

afterAll(async () => {
  for (const cleanup of cleanups) await cleanup();
  client.destroy();
  openClient.destroy();
  await server.dispose();
  await open.dispose();
  gate.remove();
  rmSync(canaries, { recursive: true });
});

afterEach(async () => {
  expect(readdirSync(canaries)).toEqual([]);
  const { stdout, code } = await ask(LEGITIMATE);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/\nalive\n[^]*\n@\w{32} done\n$/)]);
});

/** One request, exactly as it stands. */
function ask(request: string, options: ExecOptions = {}, by: Client = client): Promise<Reply> {
  return reply((opened) => by.exec(request, options, opened));
}

/** A command that leaves a file where no attack may leave one. */
const touch = (): string => `touch ${canaries}/canary`;

const expectRefused = ({ code, stdout, stderr }: Reply): void => {
  expect([code, stdout, stderr]).toEqual([
    126,
    '',
    expect.stringMatching(/^pipefleet-gate: refused: [^\n]+\n$/),
  ]);
};

/** Requests that would run something if anything of them were evaluated. */
const HOSTILE: readonly (readonly [what: string, request: () => string])[] = [
  ['a command', () => touch()],
  ['a path', () => '/bin/touch canary'],
  ['a command after a verb', () => `pipefleet-gate hello; ${touch()}`],
  ['a command after a whole request', () => `${LEGITIMATE};${touch()}`],
  ['a pipe', () => `${LEGITIMATE} | ${touch()}`],
  ['&&', () => `${LEGITIMATE} && ${touch()}`],
  ['||', () => `pipefleet-gate x || ${touch()}`],
  ['&', () => `${LEGITIMATE} & ${touch()}`],
  ['$()', () => `pipefleet-gate monitor $(${touch()}) ${TOKEN}`],
  ['backticks', () => `pipefleet-gate monitor \`${touch()}\` ${TOKEN}`],
  ['a line break', () => `${LEGITIMATE}\n${touch()}`],
  ['a carriage return', () => `${LEGITIMATE}\r${touch()}`],
  ['a tab', () => `pipefleet-gate\thello\t${touch()}`],
  ['quotes', () => `'pipefleet-gate' "monitor" node ${TOKEN}';${touch()};'`],
  ['an end of quotes', () => `pipefleet-gate monitor node ${TOKEN}'; ${touch()} '`],
  ['a redirection', () => `${LEGITIMATE} >${canaries}/canary`],
  ['a glob', () => `pipefleet-gate monitor * ${TOKEN}`],
  ['a path for a module', () => `pipefleet-gate monitor ../../../bin/sh ${TOKEN}`],
  ['an assignment', () => `A=b ${LEGITIMATE}`],
  ['braces', () => `{ ${touch()}; }`],
  ['an expansion', () => 'pipefleet-gate monitor ${HOME} ${#}'],
  ['arithmetic', () => `pipefleet-gate monitor $((a[$(${touch()})])) ${TOKEN}`],
  ['a comment', () => `${LEGITIMATE} # ${touch()}`],
  ['a here document', () => `sh <<X\n${touch()}\nX`],
  ['a wide blank', () => 'pipefleet-gate\u00A0hello'],
  ['a letter that looks like another', () => 'pipefleet-g\u0430te hello'],
  ['a right-to-left mark', () => 'pipefleet-gate hello\u202E'],
  ['an escape sequence', () => '\u001B]0;x\u0007'],
  ['an option', () => `pipefleet-gate -c ${touch()}`],
  ['options of the shell', () => `-c '${touch()}'`],
  ['formats of printf', () => 'pipefleet-gate %s%n%n %d'],
  ['a server of files', () => 'internal-sftp'],
  ['a verb of another purpose', () => 'pipefleet-gate service restart popcache.service'],
  ['a unit that is none of the node software', () => 'pipefleet-gate service restart ssh.service'],
  ['nothing', () => ''],
  ['100 KB', () => `pipefleet-gate ${'A'.repeat(100_000)}`],
];

describe('a request', () => {
  test.each(HOSTILE)('with %s is refused', async (_, request) => {
    expectRefused(await ask(request()));
  });

  test('of 200 KB, which the system hands to no program, runs nothing', async () => {
    const { code, stdout } = await ask(`${LEGITIMATE} ${'a'.repeat(200_000)}; ${touch()}`);
    expect([code, stdout]).toEqual([1, '']);
  });

  test('with a NUL ends the connection', async () => {
    const own = await logIn(server);
    expect(await ask(`${LEGITIMATE}\0; ${touch()}`, {}, own)).toMatchObject({ code: undefined, stdout: '' });
    own.destroy();
  });

  test('that follows on standard input is judged like any other', async () => {
    // A line that is too long ends the program.
    const lines = HOSTILE.flatMap(([, request]) => request().split('\n')).filter(
      ({ length }) => length <= 256,
    );
    const { stdout, stderr, code } = await reply((opened) =>
      client.exec(SERVE_REQUEST, (error, channel) => {
        opened(error, channel);
        channel.end(lines.map((line) => `${line}\n`).join(''));
      }),
    );
    expect(code).toBe(0);
    const statuses = stdout.match(/(?<= over )\d+$/gm) ?? [];
    // What is left of a request before its line break may be whole.
    expect(statuses.filter((status) => status === '126')).toHaveLength(
      lines.length - lines.filter((line) => line === LEGITIMATE).length,
    );
    expect(stderr.match(/^pipefleet-gate: refused: /gm)?.length).toBeGreaterThan(30);
    expect(readdirSync(canaries)).toEqual([]);
  });

  test('for a shell is refused, whatever comes on its standard input', async () => {
    expectRefused(
      await reply((opened) =>
        client.shell(false, (error, channel) => {
          opened(error, channel);
          channel.end(`${touch()}\n${LEGITIMATE}\n`);
        }),
      ),
    );
  });

  test('that is refused is in the log of the system', async () => {
    const mark = `mark-${process.pid}`;
    expectRefused(await ask(`id ${mark};`));
    while (!gate.log().includes(mark)) await sleep(5);
    expect(gate.log()).toContain(`refused, key monitor, from ${server.address}: id ${mark}?\n`);
  });
});

describe('an environment', () => {
  test.each<[string, () => Record<string, string>]>([
    [
      'start-up files',
      () => ({ ENV: `${server.folder}/home/.ssh/rc`, BASH_ENV: `${server.folder}/home/.ssh/rc` }),
    ],
    ['programs of its own', () => ({ PATH: `${server.folder}/home`, LD_LIBRARY_PATH: '/nowhere' })],
    [
      'options of Perl',
      () => ({ PERL5OPT: '-Mevil', PERL5LIB: '/nowhere', PERL5DB: `system("${touch()}")` }),
    ],
    ['functions', () => ({ 'BASH_FUNC_printf%%': `() { ${touch()}; }`, printf: `() { ${touch()}; }` })],
    ['another splitting', () => ({ IFS: 'pg-', OPTIND: '9' })],
    ['traces', () => ({ SHELLOPTS: 'xtrace', PS4: `$(${touch()})`, PROMPT_COMMAND: touch() })],
    [
      'variables of the gate',
      () => ({ purpose: 'operate', version: 'x', verb: 'x', module: 'x', _gate: 'x' }),
    ],
    ['a request', () => ({ SSH_ORIGINAL_COMMAND: touch(), SSH_CONNECTION: `$(${touch()})` })],
  ])('with %s changes nothing', async (_, environment) => {
    const env = environment();
    // It does arrive.
    const given = await ask(ENVIRONMENT, { env }, openClient);
    const [name = ''] = Object.keys(env).filter((one) => !/^SSH_|^PATH$|%/.test(one));
    expect(given.stdout).toContain(`${name}=`);
    const { code, stdout } = await ask(LEGITIMATE, { env });
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^@${TOKEN} gate 1\\.2\\.3 \\w{16}\\n@${TOKEN} is \\w{32}\\nalive\\n`));
    expectRefused(await ask(touch(), { env }));
  });

  test('can hold the request for a shell, which is judged like any other', async () => {
    const shell = (request: string): Promise<Reply> =>
      reply((opened) => client.shell(false, { env: { SSH_ORIGINAL_COMMAND: request } }, opened));
    expectRefused(await shell(touch()));
    expectRefused(await shell(`${LEGITIMATE};id`));
    expect((await shell(LEGITIMATE)).code).toBe(0);
  });

  test('is not taken from OpenSSH either', async () => {
    const set = ['-o', `SetEnv=ENV=${server.folder}/home/.ssh/rc PERL5OPT=-Mevil`, server.address];
    expect((await openssh(server, 'ssh', [...set, LEGITIMATE])).code).toBe(0);
    expect(await openssh(server, 'ssh', [...set, 'id'])).toMatchObject({ code: 126, stdout: '' });
  });
});

/** Whoever logs in to a server, by ssh2. */
const at = (to: Sshd): Client => (to === server ? client : openClient);

/** Takes a file from a server, or leaves one there. */
async function copies(to: Sshd, way: '-O' | '-s', direction: 'from' | 'to'): Promise<boolean> {
  const [here, there] = [join(to.folder, `copy${way}${direction}`), join(to.folder, 'known_hosts')];
  const words = direction === 'from' ? [`${to.address}:${there}`, here] : [there, `${to.address}:${here}`];
  await openssh(to, 'scp', [way, ...words]);
  return existsSync(here);
}

/** The first words of the server that is reached by its own port. */
const GREETING = 'SSH-2.0-';

async function reachesSocket(to: Sshd): Promise<boolean> {
  const path = join(to.folder, 'socket');
  const listener = createServer((socket) => socket.end(GREETING)).listen(path);
  await once(listener, 'listening');
  const way = reply((opened) => at(to).openssh_forwardOutStreamLocal(path, opened), GREETING.length);
  const { stdout } = await way;
  listener.close();
  return stdout === GREETING;
}

/** Connects to a port of this machine as soon as something listens there, says something, and gives what comes first. */
async function firstWordsOf(port: number, said: Buffer): Promise<Buffer> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const listens = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    if (!listens) {
      await sleep(20);
      continue;
    }
    socket.on('error', () => undefined);
    if (said.length > 0) socket.write(said);
    const heard: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => {
      heard.push(chunk);
      if (Buffer.concat(heard).includes(GREETING)) socket.destroy();
    });
    await once(socket, 'close');
    return Buffer.concat(heard);
  }
}

/** A client that serves SOCKS lets the server connect. */
async function connectsForSocks(to: Sshd): Promise<boolean> {
  const port = await freePort();
  const target = [...to.address.split('.').map(Number), to.port >> 8, to.port & 255];
  const words = firstWordsOf(port, Buffer.from([5, 1, 0, 5, 1, 0, 1, ...target]));
  await openssh(to, 'ssh', ['-N', '-D', `127.0.0.1:${port}`, to.address], { until: words });
  return (await words).includes(GREETING);
}

async function listensFor(to: Sshd): Promise<boolean> {
  const refusal = await new Promise((resolve) =>
    at(to).forwardIn('127.0.0.1', 0, (error) => resolve(error?.message)),
  );
  return refusal === undefined;
}

/** Ends by itself when the port is refused; else something listens there. */
async function listensForOpenssh(to: Sshd): Promise<boolean> {
  const port = await freePort();
  const left = new AbortController();
  const listening = (async () => {
    while (!left.signal.aborted) {
      const socket = connect(port, '127.0.0.1');
      const listens = await once(socket, 'connect').then(
        () => true,
        () => false,
      );
      socket.destroy();
      if (listens) return true;
      await sleep(20);
    }
    return false;
  })();
  const forward = ['-N', '-R', `127.0.0.1:${port}:127.0.0.1:1`, to.address];
  await openssh(to, 'ssh', forward, { until: listening });
  left.abort();
  return listening;
}

async function runsStartUpScript(to: Sshd): Promise<boolean> {
  rmSync(join(to.folder, 'started-up'), { force: true });
  await ask(to === server ? LEGITIMATE : 'true', {}, at(to));
  return existsSync(join(to.folder, 'started-up'));
}

/** A forwarded agent is announced in the environment. */
async function announcesAgent(to: Sshd): Promise<boolean> {
  const command = to === server ? LEGITIMATE : ENVIRONMENT;
  const { stdout, code } = await openssh(to, 'ssh', ['-A', to.address, command], { agent });
  expect(code).toBe(0);
  return stdout.includes('\nSSH_AUTH_SOCK=');
}

/** Each says whether it got what it wanted of a server. */
const ATTEMPTS: [what: string, attempt: (to: Sshd) => Promise<boolean>][] = [
  [
    'a command by OpenSSH',
    async (to) => (await openssh(to, 'ssh', [to.address, 'id'])).stdout.includes('uid='),
  ],
  [
    'a shell by OpenSSH',
    async (to) => (await openssh(to, 'ssh', [to.address], { input: 'id\n' })).stdout.includes('uid='),
  ],
  ['sftp', async (to) => (await openssh(to, 'sftp', ['-b', '/dev/null', to.address])).code === 0],
  [
    'a subsystem',
    async (to) => (await reply((opened) => at(to).subsys('other', opened))).stdout.includes('uid='),
  ],
  ['a file by scp', (to) => copies(to, '-s', 'from')],
  ['a file by scp, as before OpenSSH 9', (to) => copies(to, '-O', 'from')],
  ['to leave a file by scp', (to) => copies(to, '-s', 'to')],
  ['to leave a file by scp, as before OpenSSH 9', (to) => copies(to, '-O', 'to')],
  [
    'a way to an address',
    async (to) => {
      const way = reply(
        (opened) => at(to).forwardOut('127.0.0.1', 1, to.address, to.port, opened),
        GREETING.length,
      );
      return (await way).stdout.startsWith(GREETING);
    },
  ],
  ['a way to a socket', reachesSocket],
  ['a way to where a client of SOCKS wants', connectsForSocks],
  ['a port', listensFor],
  ['a port by OpenSSH', listensForOpenssh],
  [
    'a terminal',
    async (to) => (await ask(to === server ? LEGITIMATE : 'true', { pty: true }, at(to))).error === undefined,
  ],
  ['an agent', announcesAgent],
  ['the start-up script of the account', runsStartUpScript],
];

describe('what a server gives to a key', () => {
  test.each(ATTEMPTS)('is not given to one with a gate: %s', async (_, attempt) => {
    expect(await attempt(open)).toBe(true);
    expect(await attempt(server)).toBe(false);
  });

  test('is not given to one with a gate: a display', async () => {
    expect((await ask(LEGITIMATE, { x11: true })).error).toMatch(/x11/i);
    const { stdout, stderr } = await openssh(server, 'ssh', ['-Y', server.address, LEGITIMATE]);
    expect(stderr).toContain('X11 forwarding request failed');
    expect(stdout).not.toContain('DISPLAY=');
  });
});
