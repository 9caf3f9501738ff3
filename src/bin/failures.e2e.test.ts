import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chmodSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { freePort } from '../ssh/testing/sshd.js';
import { startTcpServer } from '../ssh/testing/tcp-server.js';
import { type ExporterProcess, runPipefleet, startExporterProcess } from './testing/exporter-process.js';
import { type RealFleet, startRealFleet } from './testing/real-fleet.js';
import { seriesValue } from './testing/series-value.js';

/** What is wrong with each node, the reason that its probe must give, and a word of the sentence that goes with it. */
const FAULTS = {
  refused: ['connect', 'refused'],
  'black-hole': ['connect_timeout', 'Nothing answered'],
  unresolvable: ['dns', 'cannot be resolved'],
  'no-ssh': ['handshake', 'is it an SSH server?'],
  silent: ['handshake_timeout', 'did not finish'],
  'strange-key': ['host_key_changed', 'CHANGED'],
  'new-key': ['host_key_unknown', 'ssh-keyscan'],
  'refused-user': ['auth', 'authorized_keys'],
  'no-key-file': ['credential', 'does not exist'],
  'open-key-file': ['credential', 'chmod 600'],
  hangs: ['command_timeout', 'did not finish in time'],
  floods: ['output', 'more than 262144 bytes'],
  'other-shell': ['output', 'not available'],
} as const;

type Fault = keyof typeof FAULTS;

const cleanups: (() => unknown)[] = [];
let fleet: RealFleet;
let exporter: ExporterProcess;

/** A scrape whose timeout is to be reached, and one that no machine is too slow for, in seconds. */
const REACHED_SECONDS = 3;
const UNREACHED_SECONDS = 120;

async function ask(node: string, seconds = UNREACHED_SECONDS): Promise<{ status: number; text: string }> {
  const response = await fetch(`${exporter.url}/probe?target=${node}&module=node`, {
    headers: { 'X-Prometheus-Scrape-Timeout-Seconds': String(seconds) },
  });
  return { status: response.status, text: await response.text() };
}

async function tcpServer(onSocket: (socket: Socket) => void): Promise<number> {
  const server = await startTcpServer(onSocket);
  cleanups.push(() => server.stop());
  return server.port;
}

/** A port whose every SYN is dropped: its process is stopped and the queue of connections that it has not accepted is full. */
async function blackHole(): Promise<number> {
  const script = `const s=require('net').createServer().listen({port:0,host:'127.0.0.1',backlog:1},()=>console.log(s.address().port))`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  cleanups.push(() => child.kill('SIGKILL'));
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const port = Number(line.toString());
  child.kill('SIGSTOP');
  for (let filler = 0; filler < 4; filler++) {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    cleanups.push(() => socket.destroy());
    await Promise.race([once(socket, 'connect'), new Promise((resolve) => setTimeout(resolve, 200))]);
  }
  return port;
}

beforeAll(async () => {
  fleet = await startRealFleet({
    'fra-1': {},
    'fra-2': {},
    hangs: { config: ['ForceCommand exec sleep 60'] },
    floods: { config: ['ForceCommand exec yes'] },
    'other-shell': { config: ['ForceCommand echo This account is currently not available.; exit 1'] },
  });
  cleanups.push(() => fleet.dispose());
  const [good, other] = fleet.nodes;
  if (good === undefined || other === undefined) throw new Error('no fleet');
  const at = (name: string): string => join(fleet.folder, name);
  copyFileSync(good.sshd.keyFile, at('open_key'));
  chmodSync(at('open_key'), 0o644);

  const known = `${other.sshd.hostKeyFile}.pub`;
  const otherKey = readFileSync(known, 'utf8');
  appendFileSync(at('known_hosts'), `[localhost]:${good.sshd.port} ${otherKey}`);

  const text = readFileSync(fleet.configPath, 'utf8')
    .replace('limits: {', 'limits: { output_size: 256KiB,')
    .replace(
      'nodes:\n',
      `  missing: { user: pipefleet, key_file: ${at('missing')} }\n  open: { user: pipefleet, key_file: ${at('open_key')} }\nnodes:\n`,
    );
  writeFileSync(fleet.configPath, text);
  const node = (name: Fault, host: string, port: number, credential = 'fra-1'): void =>
    fleet.addNode(`  - { name: ${name}, host: ${host}, port: ${port}, credential: ${credential} }\n`);
  node('refused', '127.0.0.1', await freePort());
  node('black-hole', '127.0.0.1', await blackHole());
  node('unresolvable', 'node.invalid', 22);
  node('no-ssh', '127.0.0.1', await tcpServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
  node('silent', '127.0.0.1', await tcpServer(() => undefined));
  node('refused-user', good.sshd.address, good.sshd.port, 'fra-2');
  node('no-key-file', good.sshd.address, good.sshd.port, 'missing');
  node('open-key-file', good.sshd.address, good.sshd.port, 'open');

  // The same servers by another name: one that known_hosts gives another key, and one that it does not have.
  const proxy = async (): Promise<number> =>
    tcpServer((socket) => {
      const upstream = connect(good.sshd.port, good.sshd.address).on('error', () => undefined);
      socket.pipe(upstream).pipe(socket);
    });
  const strange = await proxy();
  appendFileSync(at('known_hosts'), `[127.0.0.1]:${strange} ${otherKey}`);
  node('strange-key', '127.0.0.1', strange);
  node('new-key', '127.0.0.1', await proxy());

  exporter = await startExporterProcess(fleet.configPath);
  cleanups.push(() => exporter.end('SIGKILL'));
});

afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
});

describe('every way to fail', () => {
  test('has a reason of its own, while the other nodes answer as ever', async () => {
    await Promise.all([ask('fra-1'), ask('fra-2')]);
    const names = Object.keys(FAULTS) as Fault[];
    const failing = Promise.all(
      names.map(async (name) => {
        const seconds = FAULTS[name][0].endsWith('_timeout') ? REACHED_SECONDS : UNREACHED_SECONDS;
        return [name, await ask(name, seconds)] as const;
      }),
    );
    const healthy = Promise.all(Array.from({ length: 20 }, (_, index) => ask(`fra-${(index % 2) + 1}`)));

    for (const [name, { status, text }] of await failing) {
      const reason = /^probe_failure_reason\{reason="(?<reason>\w+)"\} 1$/m.exec(text)?.groups?.['reason'];
      expect([name, status, reason]).toEqual([name, 200, FAULTS[name][0]]);
      expect(seriesValue(text, 'probe_success')).toBe(0);
    }
    for (const { text } of await healthy) {
      expect(seriesValue(text, 'probe_success')).toBe(1);
      expect(seriesValue(text, 'probe_connection_reused')).toBe(1);
    }
  });

  test('is told in one sentence that says how to mend it', async () => {
    for (const [name, [, word]] of Object.entries(FAULTS)) {
      const response = await fetch(`${exporter.url}/probe?target=${name}&debug=true`, {
        headers: { 'X-Prometheus-Scrape-Timeout-Seconds': '2' },
      });
      expect(await response.text()).toContain(word);
    }
  });

  test('is counted by the exporter', async () => {
    const text = await (await fetch(`${exporter.url}/metrics`)).text();
    expect(seriesValue(text, 'pipefleet_probes_total{module="node",reason="auth"}')).toBeGreaterThan(0);
    expect(seriesValue(text, 'pipefleet_ssh_dials_total{reason="host_key_changed"}')).toBe(1);
  });

  test('leaves no stack trace and no secret in the log', () => {
    expect(exporter.log()).not.toMatch(/^\s+at /m);
    expect(exporter.log()).not.toContain('PRIVATE KEY');
  });
});

describe('the command line', () => {
  test('probes a node', async () => {
    const { code, stdout } = await runPipefleet('probe', 'fra-1', '--config', fleet.configPath);
    expect(stdout).toMatch(
      /^fra-1 \(pipefleet@127\.0\.1\.1 port \d+\), module node: up, answered in \d\.\d{3} s over a new connection$/m,
    );
    expect(stdout).toMatch(/^ {2}pipe-node +\d+ samples$/m);
    expect(stdout).toMatch(/^ {2}Registered +yes$/m);
    expect(code).toBe(0);
  });

  test('says why a probe failed', async () => {
    const { code, stdout } = await runPipefleet('probe', 'refused', '--config', fleet.configPath);
    expect(stdout).toContain('FAILED after');
    expect(stdout).toContain('was refused; is sshd running and the port right?');
    expect(code).toBe(1);
  });

  test('prints the metrics as Prometheus gets them', async () => {
    const { stdout } = await runPipefleet('probe', 'fra-1', '--metrics', '--config', fleet.configPath);
    expect(stdout).toMatch(/^# HELP probe_success /);
    expect(seriesValue(stdout, 'pipe_node_registered')).toBe(1);
  });

  test('checks the configuration and every file that it names', async () => {
    const { code, stderr } = await runPipefleet('check', '--config', fleet.configPath);
    expect(stderr).toMatch(/pipefleet\.yml:\d+:\d+: .*missing/);
    expect(stderr).toMatch(/chmod 600/);
    expect(code).toBe(1);
  });

  test('lists the nodes', async () => {
    const { code, stdout } = await runPipefleet('nodes', 'list', '--config', fleet.configPath);
    expect(stdout).toMatch(/^fra-1 +127\.0\.1\.1 /m);
    expect(code).toBe(0);
  });

  test.each([
    [['probe', 'nobody'], /^There is no node nobody in the configuration; there is fra-1, /],
    [['probe', 'fra-1', '--module', 'nope'], /^There is no module nope; there is node, inventory, audit\.$/],
    [['serve', '--listen', 'everywhere'], /^everywhere is no address to listen at; write host:port/],
    [
      ['serve', '--listen', '192.0.2.1:1'],
      /^This machine has no address 192\.0\.2\.1; choose another with --listen\.$/,
    ],
  ])('%j ends in one sentence', async (args, sentence) => {
    const { code, stderr } = await runPipefleet(...args, '--config', fleet.configPath);
    const [last = ''] = stderr.trim().split('\n').slice(-1);
    expect(last).toMatch(sentence);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(code).toBeGreaterThan(0);
  });

  test('says that there is no configuration, and how to get one', async () => {
    const { code, stderr } = await runPipefleet('serve', '--config', join(fleet.folder, 'nothing.yml'));
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain('nothing.yml');
    expect(code).toBe(2);
  });
});
