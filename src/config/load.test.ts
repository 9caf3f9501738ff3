import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PipefleetError } from '../core/errors.js';
import { DEFAULT_SOFTWARE } from '../core/software.js';
import { formatProblem } from './diagnostics.js';
import { checkConfig, loadConfig, type LoadOptions } from './load.js';

const ROOT = join(import.meta.dirname, '../..');
const FIXTURES = join(import.meta.dirname, '__fixtures__');
const EXPECTATION = /^# expect: (?<problem>.*)$/gm;

const OPTIONS: LoadOptions = {
  collectors: [
    { name: 'cpu', module: 'node' },
    { name: 'loadavg', module: 'node' },
    { name: 'meminfo', module: 'node' },
    { name: 'perf', module: 'node', optIn: true },
    { name: 'packages', module: 'inventory' },
    { name: 'ports', module: 'audit' },
    { name: 'keys', module: 'audit' },
  ],
  home: '/home/operator',
  environment: {},
};

function configOf(text: string, options: Partial<LoadOptions> = {}) {
  const { config, problems } = checkConfig(text, '/etc/pipefleet/pipefleet.yml', { ...OPTIONS, ...options });
  expect(problems).toEqual([]);
  if (config === undefined) throw new Error('a text without problems is a configuration');
  return config;
}

function problemsOf(text: string): string[] {
  return checkConfig(text, 'pipefleet.yml', OPTIONS).problems.map(formatProblem);
}

const SMALLEST = `
credentials:
  main: { user: pipefleet, key_file: keys/monitor }
nodes:
  - name: fra-1
    host: fra-1.example.net
`;

describe('a good file', () => {
  test('the smallest one gets every default', () => {
    const credential = {
      name: 'main',
      user: 'pipefleet',
      purpose: 'monitor',
      from: [],
      backend: 'ssh2',
      certificateFile: undefined,
      sshConfig: undefined,
      keyFile: '/etc/pipefleet/keys/monitor',
      passphrase: undefined,
      agent: undefined,
    };
    expect(configOf(SMALLEST)).toEqual({
      path: '/etc/pipefleet/pipefleet.yml',
      listen: { host: '127.0.0.1', port: 10_950 },
      externalAddress: undefined,
      fleetId: undefined,
      knownHosts: ['/home/operator/.ssh/known_hosts'],
      credentials: new Map([['main', credential]]),
      jumpHosts: new Map(),
      modules: new Map([
        [
          'node',
          {
            name: 'node',
            collectors: ['cpu', 'loadavg', 'meminfo'],
            timeoutSeconds: 20,
            intervalSeconds: undefined,
            shareSeconds: 0,
          },
        ],
        [
          'inventory',
          {
            name: 'inventory',
            collectors: ['packages'],
            timeoutSeconds: 30,
            intervalSeconds: 120,
            shareSeconds: 0,
          },
        ],
        [
          'audit',
          {
            name: 'audit',
            collectors: ['ports', 'keys'],
            timeoutSeconds: 30,
            intervalSeconds: 240,
            shareSeconds: 0,
          },
        ],
      ]),
      limits: {
        concurrentProbes: 200,
        concurrentLogins: 64,
        dialTimeoutSeconds: 10,
        keepaliveSeconds: 15,
        idleSeconds: 600,
        connectionAgeSeconds: 3600,
        outputBytes: 4_194_304,
        timeoutOffsetSeconds: 0.5,
        shutdownSeconds: 10,
      },
      nodes: [
        {
          name: 'fra-1',
          host: 'fra-1.example.net',
          port: 22,
          addresses: [],
          jump: [],
          credential,
          groups: [],
          labels: {},
          location: undefined,
          software: DEFAULT_SOFTWARE,
        },
      ],
    });
  });

  test('the example has no problems', () => {
    const text = readFileSync(join(ROOT, 'pipefleet.example.yml'), 'utf8');
    const { nodes, credentials } = configOf(text);
    expect(nodes.map(({ name }) => name)).toEqual(['fra-1', 'ams-1', 'sgp-1']);
    expect(credentials.get('monitor')?.keyFile).toBe('/home/operator/.ssh/pipefleet_monitor');
    expect(text).toMatch(/^# yaml-language-server: \$schema=docs\/pipefleet\.schema\.json\n/);
  });

  test('nodes inherit from defaults: labels and groups are added, the rest is replaced', () => {
    const { nodes } = configOf(`
credentials:
  main: { user: pipefleet, key_file: /keys/main }
  backup: { user: root, agent: ~/agent.sock }
defaults:
  credential: main
  port: 2222
  labels: { region: eu, provider: example }
  groups: [all]
nodes:
  - { name: a, host: 192.0.2.1 }
  - { name: b, host: 2001:db8::1, port: 22, credential: backup, labels: { region: us }, groups: [edge, all] }
`);
    expect(nodes).toMatchObject([
      {
        port: 2222,
        credential: { name: 'main' },
        labels: { region: 'eu', provider: 'example' },
        groups: ['all'],
      },
      {
        port: 22,
        credential: { name: 'backup', agent: '/home/operator/agent.sock', keyFile: undefined },
        labels: { region: 'us', provider: 'example' },
        groups: ['all', 'edge'],
      },
    ]);
  });

  test('modules keep registry order, and a short interval bounds the timeout that nobody wrote', () => {
    const { modules } = configOf(`
modules:
  quick: { collectors: [loadavg, cpu], timeout: 5s, interval: 15s }
  node: { disable: [cpu], interval: 10s }
`);
    expect([...modules.values()]).toMatchObject([
      { name: 'node', collectors: ['loadavg', 'meminfo'], timeoutSeconds: 10, intervalSeconds: 10 },
      { name: 'inventory' },
      { name: 'audit' },
      { name: 'quick', collectors: ['cpu', 'loadavg'], timeoutSeconds: 5, intervalSeconds: 15 },
    ]);
  });

  test('a module has the collectors of its own name, and one of a new name those of "node"', () => {
    const { modules } = configOf(`
modules:
  hourly: { disable: [meminfo] }
  audit: { disable: [ports] }
`);
    expect([...modules.values()].map(({ name, collectors }) => [name, collectors])).toEqual([
      ['node', ['cpu', 'loadavg', 'meminfo']],
      ['inventory', ['packages']],
      ['audit', ['keys']],
      ['hourly', ['cpu', 'loadavg']],
    ]);
  });

  test('"enable" adds what is opt-in or of another module, "collectors" replaces the list', () => {
    const { modules } = configOf(`
modules:
  node: { enable: [ports, perf], disable: [cpu] }
  inventory: { collectors: [perf, loadavg] }
`);
    expect(modules.get('node')?.collectors).toEqual(['loadavg', 'meminfo', 'perf', 'ports']);
    expect(modules.get('inventory')?.collectors).toEqual(['loadavg', 'perf']);
  });

  test('a built-in module without any collector is not there', () => {
    const { modules } = configOf('nodes: []\n', { collectors: [{ name: 'cpu', module: 'node' }] });
    expect([...modules.keys()]).toEqual(['node']);
  });

  test('a short interval of a slow module bounds its timeout too', () => {
    const { modules } = configOf('modules:\n  audit: { interval: 15s }\n  inventory: { timeout: 2m }\n');
    expect(modules.get('audit')).toMatchObject({ timeoutSeconds: 15, intervalSeconds: 15 });
    expect(modules.get('inventory')).toMatchObject({ timeoutSeconds: 120, intervalSeconds: 120 });
  });

  test('a node replaces single keys of the software settings of "defaults"', () => {
    const { nodes } = configOf(`
credentials:
  main: { user: pipefleet, key_file: /keys/main }
defaults:
  software: { http_port: 8080, native_prefixes: [], distributions: 5 }
nodes:
  - { name: a, host: 192.0.2.1 }
  - name: b
    host: 192.0.2.2
    software:
      http_port: 8081
      https_port: 8443
      control_port: 18081
      metrics_port: 19090
      lattice_port: 17101
      distributions: 0
      native_prefixes: [pipe_cache_]
      native_series: 0
`);
    expect(nodes.map(({ software }) => software)).toEqual([
      { ...DEFAULT_SOFTWARE, httpPort: 8080, nativePrefixes: [], distributions: 5 },
      {
        httpPort: 8081,
        httpsPort: 8443,
        controlPort: 18_081,
        metricsPort: 19_090,
        latticePort: 17_101,
        distributions: 0,
        nativePrefixes: ['pipe_cache_'],
        nativeSeries: 0,
      },
    ]);
  });

  test('a passphrase is named by a file or a variable, an agent by its socket or SSH_AUTH_SOCK', () => {
    const { credentials } = configOf(
      `
credentials:
  file: { user: a, key_file: k, passphrase_file: p }
  variable: { user: a, key_file: k, passphrase_env: PASSPHRASE }
  agent: { user: a, agent: true }
`,
      { environment: { SSH_AUTH_SOCK: '/run/agent.sock' } },
    );
    expect(credentials.get('file')?.passphrase).toEqual({ file: '/etc/pipefleet/p' });
    expect(credentials.get('variable')?.passphrase).toEqual({ environment: 'PASSPHRASE' });
    expect(credentials.get('agent')).toMatchObject({ agent: '/run/agent.sock', keyFile: undefined });
  });

  test('a credential says what it is for, where from it is used and what speaks SSH', () => {
    const { credentials, nodes } = configOf(`
credentials:
  watch: { user: pipefleet, key_file: k, from: 198.51.100.7 }
  operate: { user: pipefleet-ops, key_file: o, purpose: operate, from: ["2001:db8::/32", "!2001:db8::9"] }
  certified: { user: pipefleet-up, key_file: c, purpose: update, backend: openssh, certificate_file: c-cert.pub }
  configured: { user: pipefleet-ops, purpose: backup, backend: openssh, ssh_config: ~/.ssh/config }
nodes:
  - { name: a, host: 192.0.2.1 }
`);
    expect([...credentials.values()]).toMatchObject([
      { name: 'watch', purpose: 'monitor', from: ['198.51.100.7'], backend: 'ssh2' },
      { name: 'operate', purpose: 'operate', from: ['2001:db8::/32', '!2001:db8::9'] },
      { name: 'certified', backend: 'openssh', certificateFile: '/etc/pipefleet/c-cert.pub' },
      { name: 'configured', sshConfig: '/home/operator/.ssh/config', keyFile: undefined, agent: undefined },
    ]);
    expect(nodes).toMatchObject([{ credential: { name: 'watch' } }]);
  });

  test('a way is a jump host with what comes before it, or a list that says it all but that', () => {
    const { nodes, jumpHosts } = configOf(`
credentials:
  main: { user: pipefleet, key_file: k }
  jump: { user: hop, key_file: j, purpose: operate }
jump_hosts:
  inner: { host: inner.example.net, via: outer, concurrent_dials: 4 }
  outer: { host: 192.0.2.9, port: 2222, credential: jump }
  other: { host: other.example.net }
defaults: { jump: inner }
nodes:
  - { name: default, host: a }
  - { name: direct, host: b, jump: [] }
  - { name: one, host: c, jump: outer }
  - { name: list, host: d, jump: [inner, other] }
  - { name: another-way, host: e, jump: [other, inner], addresses: [192.0.2.1, "2001:db8::1"] }
`);
    const wayOf = (name: string) => nodes.find((node) => node.name === name)?.jump ?? [];
    const namesOf = (name: string) => wayOf(name).map((host) => host.name);
    expect(nodes.map(({ name }) => namesOf(name))).toEqual([
      ['outer', 'inner'],
      [],
      ['outer'],
      ['outer', 'inner', 'other'],
      ['other', 'inner'],
    ]);
    expect(nodes.map(({ addresses }) => addresses.length)).toEqual([0, 0, 0, 0, 2]);
    expect([...jumpHosts.keys()]).toEqual(['inner', 'outer', 'other']);
    expect(jumpHosts.get('inner')).toMatchObject({
      port: 22,
      credential: { name: 'main' },
      concurrentDials: 4,
    });
    expect(jumpHosts.get('outer')).toMatchObject({
      port: 2222,
      credential: { name: 'jump' },
      concurrentDials: 16,
    });
    // Equal ways share their jump hosts, and each knows what comes before it on this way.
    expect(wayOf('default')[1]).toBe(jumpHosts.get('inner'));
    expect(wayOf('another-way')[1]?.via).toEqual([jumpHosts.get('other')]);
  });

  test('an anchor may be used by every node of a large fleet', () => {
    const nodes = Array.from(
      { length: 5000 },
      (_, index) => `  - name: n-${index}\n    host: n-${index}.example.net\n    labels: *eu\n`,
    );
    const text = `credentials:\n  main: { user: a, key_file: k }\ndefaults:\n  labels: &eu { region: eu }\nnodes:\n${nodes.join('')}`;
    const config = configOf(text);
    expect(config.nodes).toHaveLength(5000);
    expect(config.nodes.at(-1)).toMatchObject({ name: 'n-4999', labels: { region: 'eu' } });
  });

  test('an empty list of nodes is a fleet that has not begun yet', () => {
    expect(configOf('nodes: []\n').nodes).toEqual([]);
  });
});

describe('a bad file', () => {
  const files = readdirSync(FIXTURES).filter((file) => file.startsWith('bad-'));

  test.each(files)('%s gives exactly the problems that it expects', (file) => {
    const text = readFileSync(join(FIXTURES, file), 'utf8');
    const expected = [...text.matchAll(EXPECTATION)].map(({ groups }) => groups?.['problem']);
    const { config, problems } = checkConfig(text, file, OPTIONS);
    expect(problems.map((problem) => formatProblem(problem))).toEqual(
      expected.map((line) => `${file}:${line ?? ''}`),
    );
    expect(problems.length).toBeGreaterThan(0);
    expect(config).toBeUndefined();
  });

  test.each(files)(
    '%s: every message says what is wrong and how to mend it, and repeats no secret',
    (file) => {
      for (const { message } of checkConfig(readFileSync(join(FIXTURES, file), 'utf8'), file, OPTIONS)
        .problems) {
        expect(message).toMatch(/[;:] /);
        expect(message).not.toMatch(/hunter2|undefined|Invalid|expected|\n/);
      }
    },
  );

  test('Windows line ends do not shift positions', () => {
    expect(problemsOf('nodes: []\r\nlistn: x\r\n')).toEqual([
      'pipefleet.yml:2:1: "listn" is not a known key; did you mean "listen"?',
    ]);
  });

  test('aliases beyond any sense end in a sentence, and not in a long wait', () => {
    expect(problemsOf(`groups: &a x\nnodes: [${'*a, '.repeat(100_000)}]\n`)).toEqual([
      expect.stringContaining(': more than 20000 aliases ("*…") stand up to here; write the values'),
    ]);
  });

  test('nesting beyond any sense ends in a sentence, not in an overflow', () => {
    for (const text of ['['.repeat(200_000), '- '.repeat(100_000), '{a: '.repeat(100_000)]) {
      expect(problemsOf(text)).toHaveLength(1);
    }
  });
});

describe('loadConfig', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'pipefleet-config-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  async function failure(path: string): Promise<PipefleetError> {
    const error: unknown = await loadConfig(path, OPTIONS).catch((thrown: unknown) => thrown);
    if (!(error instanceof PipefleetError)) throw new Error('expected a PipefleetError');
    return error;
  }

  test('gives the configuration of a file', async () => {
    const path = join(folder, 'good.yml');
    writeFileSync(path, `\uFEFF${SMALLEST}`);
    await expect(loadConfig(path, OPTIONS)).resolves.toMatchObject({ path, nodes: [{ name: 'fra-1' }] });
  });

  test('throws every problem at once', async () => {
    const path = join(folder, 'bad.yml');
    writeFileSync(path, 'listn: 1\nlimits: { idle: 10 }\n');
    expect(await failure(path)).toMatchObject({
      code: 'config_invalid',
      message: [
        `${path}:1:1: "listn" is not a known key; did you mean "listen"?`,
        `${path}:2:17: "idle" has no unit; write for example "10m"`,
      ].join('\n'),
    });
  });

  test.each([
    [
      'missing.yml',
      undefined,
      'does not exist; copy pipefleet.example.yml there, let pipefleet keys generate begin it, or name another file',
    ],
    ['.', undefined, 'is a folder; name the file in it'],
    [
      'large.yml',
      Buffer.alloc(10 * 1024 * 1024 + 1, '#'),
      'is larger than 10 MiB; name a configuration file',
    ],
    ['binary.yml', Buffer.from([0x6e, 0xff, 0xfe]), 'is not UTF-8 text; save it as UTF-8'],
  ])('%s is unreadable', async (name, content, sentence) => {
    const path = `${folder}/${name}`;
    if (content !== undefined) writeFileSync(path, content);
    expect(await failure(path)).toMatchObject({ code: 'config_unreadable', message: `${path} ${sentence}` });
  });
});
