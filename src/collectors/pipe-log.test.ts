import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Sample } from './collector.js';
import { pipeLog } from './pipe-log.js';
import { LOG_CLASSES } from './pipe-log-script.js';
import { createFakeRoot, type FakeRoot } from './testing/fake-root.js';
import { ask, SHELLS } from './testing/node.js';
import { expectPromised } from './testing/promises.js';

const STDOUT = '/opt/popcache/logs/stdout.log';
const STDERR = '/opt/popcache/logs/stderr.log';
const RECORDED = join(import.meta.dirname, '__fixtures__', 'pipe-log', 'logs');
const recorded = (name: string) => readFileSync(join(RECORDED, name), 'utf8');

let root: FakeRoot;
beforeEach(() => {
  root = createFakeRoot();
});
afterEach(() => root.remove());

/** The classes of which lines were counted. */
function counted(samples: readonly Sample[], file: string): Record<string, number> {
  return Object.fromEntries(
    samples
      .filter(({ metric, labels }) => metric === 'pipe_node_log_recent_lines' && labels?.['file'] === file)
      .map(({ labels, value }) => [labels?.['class'] ?? '', value] as const)
      .filter(([, value]) => value > 0),
  );
}

/** Lines that the guides, the official documents and the software itself show, and what they are about. */
const DOCUMENTED: readonly (readonly [line: string, kind: (typeof LOG_CLASSES)[number] | undefined])[] = [
  ['❌ ERROR: Another instance of POP is already running (PID: 50)', 'second_instance'],
  [
    '❌ ERROR: Failed to load configuration: Failed to parse config file JSON: expected value at line 1',
    'config',
  ],
  ['❌ ERROR: Unknown argument: --status', 'config'],
  ['❌ No invite code found in config.json or environment variables.', 'registration'],
  ['❌ Failed to register with API: connection refused. Registration is required.', 'registration'],
  ['❌ Exiting...', 'other_error'],
  ['Node already registered', 'registration'],
  ['IP-x is already associated with node_id=00000000-0000-0000-0000-000000000000', 'registration'],
  ['Failed to register node', 'registration'],
  ['Hardware signature mismatch detected', 'registration'],
  ['WARNING: Failed to find identity by name: 502 Bad Gateway', 'control_plane'],
  ['Failed to connect to control plane', 'control_plane'],
  ['[DOMAIN_CONFIG_ERROR] API endpoint was: https://dataplane.example/config', 'control_plane'],
  ['⚠️  Mesh test service temporarily unavailable', 'mesh'],
  ['Server will run in HTTP-only mode', 'tls'],
  ['Port 8443 is already in use, trying port 8444...', 'port_in_use'],
  ['🔌 Successfully bound to alternative port 8444 (original port 8443 was in use)', 'port_in_use'],
  ['❌ ERROR: Failed to bind to HTTP port 8080: Address already in use (os error 98)', 'port_in_use'],
  ['Error: Os { code: 98, kind: AddrInUse, message: "Address already in use" }', 'port_in_use'],
  ['... UPDATE AVAILABLE! ...', 'update'],
  ["thread 'main' panicked at src/main.rs:1:1:", 'panic'],
  ['memory allocation of 1048576 bytes failed', 'panic'],
  ['⚠️  Something to look at', 'other_warning'],
  ['🌐 CDN ACTIVITY: 18 requests served (3.4 MB egress) | Cache: 88.9% hit rate', undefined],
  ["🔄 Registering PoP node with: Name='error', Location='failed', Invite Code='x'", undefined],
  ['[stream] Starting for 0.2 MB file from origin', undefined],
  ['Hardware signature validation successful', undefined],
];

describe.each(SHELLS)('%s', (shell) => {
  test.each(DOCUMENTED)('%s', async (line, kind) => {
    root.write(STDERR, `${line}\n`);
    const { samples } = await ask(pipeLog, { shell, root });
    expect(counted(samples, STDERR)).toEqual(kind === undefined ? {} : { [kind]: 1 });
  });

  test('recorded logs: a quiet standard output, and what standard error complains of', async () => {
    root.write(STDOUT, recorded('v0.3.2-stdout.txt'));
    root.write(STDERR, recorded('v0.3.2-stderr.txt'));
    const { samples, status } = await ask(pipeLog, { shell, root });
    expect(status).toBe(0);
    expectPromised(pipeLog, samples);
    expect(counted(samples, STDOUT)).toEqual({});
    expect(counted(samples, STDERR)).toEqual({ control_plane: 3, registration: 1 });
  });

  test('no invite code, address or token leaves the node, in whatever line it stands', async () => {
    const secrets = ['INVITE-7Q2X', 'somebody@example.org', 'eyJhbGciOiJIUzI1NiJ9.e30.c2ln'];
    const planted = secrets.flatMap((secret) => [
      `🔄 Registering PoP node with: Name='n', Location='l', Invite Code='${secret}'`,
      `❌ ERROR: Failed to register ${secret}`,
      secret,
      `@f00dfeed + ${secret}`,
      `lines ${secret} 1 2 3`,
    ]);
    root.write(STDOUT, `${recorded('v0.3.2-stdout.txt')}${planted.join('\n')}`);
    root.write('/opt/pipe/pop.log', planted.join('\n'));
    const { output, samples } = await ask(pipeLog, { shell, root });
    expect(samples.length).toBeGreaterThan(2 * LOG_CLASSES.length);
    for (const secret of secrets) expect(output).not.toContain(secret);
  });

  test('only the end of a large file is read', async () => {
    const line = 'ERROR: something\n';
    root.write(STDOUT, `${'old panicked at\n'.repeat(100)}${line.repeat(262_144 / line.length + 50)}`);
    const { samples } = await ask(pipeLog, { shell, root });
    const { panic, other_error: errors } = counted(samples, STDOUT);
    expect(panic).toBeUndefined();
    expect(errors).toBeGreaterThan(15_000);
  });

  test('binary text and a single endless line are survived', async () => {
    root.write(STDOUT, Buffer.alloc(300_000, 0));
    root.write(STDERR, 'x'.repeat(400_000));
    const { samples } = await ask(pipeLog, { shell, root });
    expectPromised(pipeLog, samples);
    expect(counted(samples, STDERR)).toEqual({});
  });

  test('rotation shows in a neighbour or in the configuration of logrotate', async () => {
    const rotated = async () =>
      (await ask(pipeLog, { shell, root })).samples.find(({ metric }) => metric === 'pipe_node_log_rotated')
        ?.value;
    root.write(STDOUT, '');
    expect(await rotated()).toBe(0);
    root.write('/etc/logrotate.d/popcache', `# ${root.path}/opt/popcache/logs/*.log {\n`);
    expect(await rotated()).toBe(0);
    root.write('/etc/logrotate.d/popcache', `${root.path}/opt/popcache/logs/*.log {\n daily\n}\n`);
    expect(await rotated()).toBe(1);
    root.write('/etc/logrotate.d/popcache', '');
    root.write(`${STDOUT}.1.gz`, '');
    expect(await rotated()).toBe(1);
  });

  test('a file that a unit names is found', async () => {
    root.write(
      '/etc/systemd/system/popcache.service',
      `[Service]\nStandardOutput=append:${root.path}/var/log/pop.out\nStandardError=append:${root.path}/var/log/pop.out\n`,
    );
    root.write('/var/log/pop.out', '❌ Exiting...\n');
    const { samples } = await ask(pipeLog, { shell, root });
    expect(counted(samples, '/var/log/pop.out')).toEqual({ other_error: 1 });
  });

  test('a host without node software has no logs', async () => {
    expect((await ask(pipeLog, { shell, root })).samples).toEqual([]);
  });
});
