import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Sample } from './collector.js';
import { pipeConfig } from './pipe-config.js';
import { createFakeRoot, type FakeRoot } from './testing/fake-root.js';
import { ask, SHELLS } from './testing/node.js';
import { expectPromised } from './testing/promises.js';

const SECRETS = [
  'INVITE-7Q2X',
  'somebody@example.org',
  'Some Body',
  'eyJhbGciOiJIUzI1NiJ9',
  'Somewhere',
  'my-node-17',
];
const [INVITE, MAIL, NAME, JWT, PLACE, NODE] = SECRETS;

const TESTNET = {
  pop_name: NODE,
  pop_location: `${PLACE ?? ''}, "port": 99, {x}`,
  invite_code: `${INVITE ?? ''}, "port": 98`,
  server: { host: '0.0.0.0', port: 443, http_port: 80, workers: 40 },
  cache_config: {
    memory_cache_size_mb: 512,
    disk_cache_path: './cache',
    disk_cache_size_gb: 100,
    default_ttl_seconds: 86_400,
    respect_origin_headers: true,
    max_cacheable_size_mb: 1024,
  },
  access_token: JWT,
  identity_config: { node_name: NODE, name: NAME, email: MAIL, solana_pubkey: null },
};

const MAINNET = `# PIPE
NODE_SOLANA_PUBLIC_KEY=${JWT ?? ''}
NODE_NAME=${NODE ?? ''}
NODE_EMAIL="${MAIL ?? ''}"
NODE_LOCATION="${PLACE ?? ''}, USA"
MEMORY_CACHE_SIZE_MB=16384  # 16 GB
DISK_CACHE_SIZE_GB="100"
export HTTP_PORT=80
HTTPS_PORT='443' # TLS
UPNP_ENABLED=false          # false on servers
TOKIO_WORKER_THREADS=${INVITE ?? ''}
`;

const LATTICE = `LATTICE_ENROLLMENT_TOKEN=${INVITE ?? ''}    # remove after enrolment
LATTICE_BIND=127.0.0.1:7101
LATTICE_CAPACITY_MB=2048
`;

let root: FakeRoot;
beforeEach(() => {
  root = createFakeRoot();
});
afterEach(() => root.remove());

const valuesOf = (samples: readonly Sample[]): string[] =>
  samples
    .filter(({ metric }) => !/digest|filesystem|modified|_info/.test(metric))
    .map(({ metric, labels, value }) => `${metric} ${Object.values(labels ?? {}).join(' ')} ${value}`);

describe.each(SHELLS)('%s', (shell) => {
  const run = async () => {
    const answer = await ask(pipeConfig, { shell, root });
    expectPromised(pipeConfig, answer.samples);
    for (const secret of SECRETS) expect(answer.output).not.toContain(secret);
    return answer.samples;
  };
  const digest = async () =>
    (await run()).find(({ metric }) => metric === 'pipe_node_config_info')?.labels?.['digest'];

  test.each([
    ['as the software writes it', JSON.stringify(TESTNET, undefined, 2)],
    ['on one line', JSON.stringify(TESTNET)],
    ['with the line ends of Windows', JSON.stringify(TESTNET, undefined, 1).replaceAll('\n', '\r\n')],
  ])('testnet: config.json %s', async (_, text) => {
    root.write('/opt/popcache/config.json', text);
    const samples = await run();
    expect(valuesOf(samples)).toEqual([
      'pipe_node_config_readable testnet 1',
      'pipe_node_config_port testnet https 443',
      'pipe_node_config_port testnet http 80',
      'pipe_node_config_workers testnet 40',
      'pipe_node_config_cache_capacity_bytes testnet memory 536870912',
      'pipe_node_config_cache_capacity_bytes testnet disk 107374182400',
      'pipe_node_config_default_ttl_seconds testnet 86400',
      'pipe_node_config_max_cacheable_bytes testnet 1073741824',
    ]);
    expect(samples.map(({ metric }) => metric)).toEqual(
      expect.arrayContaining([
        'pipe_node_config_info',
        'pipe_node_config_modified_timestamp_seconds',
        'pipe_node_data_filesystem_size_bytes',
        'pipe_node_data_filesystem_avail_bytes',
      ]),
    );
  });

  test('mainnet: .env with comments behind values', async () => {
    root.write('/opt/pipe/.env', MAINNET);
    expect(valuesOf(await run())).toEqual([
      'pipe_node_config_readable mainnet 1',
      'pipe_node_config_cache_capacity_bytes mainnet memory 17179869184',
      'pipe_node_config_cache_capacity_bytes mainnet disk 107374182400',
      'pipe_node_config_port mainnet http 80',
      'pipe_node_config_port mainnet https 443',
      'pipe_node_config_upnp_enabled mainnet 0',
    ]);
  });

  test('Lattice: node.env, where it may be read', async () => {
    root.write('/etc/pipe-node/node.env', LATTICE);
    expect(valuesOf(await run())).toEqual([
      'pipe_node_config_readable lattice 1',
      'pipe_node_config_port lattice local 7101',
      'pipe_node_config_cache_capacity_bytes lattice storage 2147483648',
    ]);
  });

  test('the digest is that of the settings: not of their order, nor of who runs the node', async () => {
    root.write('/opt/popcache/config.json', JSON.stringify(TESTNET, undefined, 2));
    const first = await digest();
    expect(first).toMatch(/^[0-9a-f]{16}$/);
    const { server, ...rest } = TESTNET;
    const other = { ...rest, pop_name: 'another', invite_code: null, server };
    root.write('/opt/popcache/config.json', JSON.stringify(other));
    expect(await digest()).toBe(first);
    root.write('/opt/popcache/config.json', JSON.stringify({ ...other, server: { ...server, workers: 2 } }));
    expect(await digest()).not.toBe(first);
  });

  test('the configuration of the first folder of a generation counts', async () => {
    root.write('/etc/systemd/system/popcache.service', `WorkingDirectory=${root.path}/srv/pop\n`);
    root.write('/srv/pop/config.json', JSON.stringify(TESTNET));
    expect(valuesOf(await run())).toContain('pipe_node_config_workers testnet 40');
    root.write('/opt/popcache/config.json', '{"workers":2}');
    expect(valuesOf(await run())).toContain('pipe_node_config_workers testnet 2');
  });

  test('what is no configuration gives nothing but that it can be read', async () => {
    root.write('/opt/popcache/config.json', Buffer.from([0, 255, 10, 34, 0]));
    expect(valuesOf(await run())).toEqual(['pipe_node_config_readable testnet 1']);
  });
});
