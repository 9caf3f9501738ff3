import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { SoftwareSettings } from '../../core/software.js';
import { findTool } from '../../stack/tools.js';
import type { Sample } from '../collector.js';
import { pipeNative } from '../pipe-native.js';
import { pipeNode } from '../pipe-node.js';
import { casesOf } from '../testing/cases.js';
import { renderSamples } from '../testing/exposition.js';
import { withGenerations } from '../testing/generations.js';
import { askAll, type Node } from '../testing/node.js';
import { expectPromised } from '../testing/promises.js';
import { asRecorded, closedPort, replay, type Replay } from '../testing/replayed-node.js';
import { folderWith } from '../testing/shell.js';
import { ENDPOINTS } from './testnet-bodies.js';

const PATHS = ENDPOINTS.map(({ path }) => path).sort();
const testnet = withGenerations(pipeNode, 'testnet');
const mainnet = withGenerations(pipeNode, 'mainnet');
const native = withGenerations(pipeNative, 'mainnet');

const up = (generation: string, value: number): Sample => ({
  metric: 'pipe_node_http_up',
  labels: { generation },
  value,
});

const servers: Replay[] = [];
let programs = { busybox: '', bash: '/bin/bash', curl: '', wget: '' };

beforeAll(async () => {
  const [busybox, curl, wget] = await Promise.all([findTool('busybox'), findTool('curl'), findTool('wget')]);
  programs = { ...programs, busybox, curl, wget };
});
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function serve(...parameters: Parameters<typeof replay>): Promise<Replay> {
  const server = await replay(...parameters);
  servers.push(server);
  return server;
}

/** A node that has no other program for HTTP than these. */
function nodeWith(...names: readonly (keyof typeof programs)[]): Node {
  const own = names.map((name) => (name === 'busybox' ? ['wget', programs.busybox] : [name, programs[name]]));
  return { shell: 'busybox', programs: Object.fromEntries(own) as Record<string, string> };
}

const CLIENTS: readonly [name: string, node: () => Node][] = [
  ['bash', () => nodeWith('bash')],
  ['curl', () => nodeWith('curl')],
  ['wget', () => nodeWith('wget')],
  ['wget of busybox', () => nodeWith('busybox')],
];

describe.each(CLIENTS)('%s', (client, node) => {
  test('plain HTTP is asked first, and only on documented paths', async () => {
    const server = await serve(asRecorded);
    const { parse } = await askAll([testnet], node(), { httpPort: server.port, httpsPort: 8443 });
    const recorded = casesOf(pipeNode).find(({ name }) => name === 'recorded-0.3.2-busy');
    expect(renderSamples(pipeNode, parse(testnet))).toBe(recorded?.expected);
    expect([...server.paths].sort()).toEqual(PATHS);
  });

  test('a node that fell back to plain HTTP on its TLS port is found there', async () => {
    const server = await serve(asRecorded);
    const ports = { httpPort: await closedPort(), httpsPort: server.port };
    const { parse } = await askAll([testnet], node(), ports);
    expect(parse(testnet)).toContainEqual(up('testnet', 1));
    expect(PATHS).toEqual(expect.arrayContaining([...server.paths]));
  });

  test('another server on the plain port does not hide the node, nor pass for one', async () => {
    const other = await serve((_request, response) => response.writeHead(404).end('{"status":"ok"}'));
    const server = await serve(asRecorded);
    const { parse } = await askAll([testnet], node(), { httpPort: other.port, httpsPort: server.port });
    expect(parse(testnet)).toContainEqual(up('testnet', 1));
  });

  test('nobody listens', async () => {
    const ports = { httpPort: await closedPort(), httpsPort: await closedPort() };
    const { parse } = await askAll([testnet], node(), ports);
    expect(parse(testnet)).toContainEqual(up('testnet', 0));
  });

  test('a body without end is cut off, and the batch still ends', async () => {
    const server = await serve((_request, response) => {
      const fill = (): void => {
        while (response.write('x'.repeat(65_536)));
      };
      response.on('drain', fill);
      fill();
    });
    const ports = { httpPort: server.port, httpsPort: await closedPort() };
    const { complete, sections, parse } = await askAll([testnet], node(), ports);
    expect(complete).toBe(true);
    expect(sections.get('pipe-node')?.output.length).toBeLessThan(400_000);
    expect(parse(testnet)).toContainEqual(up('testnet', 0));
  });

  test('what is no HTTP is no answer', async () => {
    const server = await serve((_request, response) => response.socket?.end('{"pop_id":"1"}\0\r\n\r\n\xff'));
    const ports = { httpPort: server.port, httpsPort: await closedPort() };
    const { complete, parse } = await askAll([testnet], node(), ports);
    expect(complete).toBe(true);
    expect(parse(testnet)).toContainEqual(up('testnet', 0));
  });

  test('mainnet is asked for its health and its own series, and nothing else', async () => {
    const health = await serve((_request, response) => response.end('OK'));
    const metrics = await serve((_request, response) => response.end('pipe_a{b="c"} 1\npipe_d 2\n'));
    const stranger = await serve(asRecorded);
    const { parse } = await askAll([mainnet, native], node(), {
      httpPort: stranger.port,
      httpsPort: stranger.port,
      controlPort: health.port,
      metricsPort: metrics.port,
    });
    expect(parse(mainnet)).toContainEqual(up('mainnet', 1));
    expect(renderSamples(pipeNative, parse(native))).toContain(
      'pipe_a{b="c"} 1\n# TYPE pipe_d untyped\npipe_d 2',
    );
    expect([health.paths, metrics.paths, stranger.paths]).toEqual([['/health'], ['/metrics'], []]);
  });

  test('the status of an answer is the one that was given', async () => {
    const server = await serve((_request, response) => response.writeHead(503).end());
    const lattice = withGenerations(pipeNode, 'lattice');
    const { parse } = await askAll([lattice], node(), { latticePort: server.port });
    expect(parse(lattice)).toContainEqual({
      metric: 'pipe_node_http_status_code',
      labels: { generation: 'lattice', endpoint: 'health' },
      value: 503,
    });
    expect(server.paths).toEqual(['/health']);
  });

  if (client !== 'wget of busybox') {
    test('a redirect is not followed', async () => {
      const server = await serve((_request, response) =>
        response.writeHead(302, { location: '/elsewhere' }).end(),
      );
      const ports = { httpPort: server.port, httpsPort: await closedPort() };
      await askAll([testnet], node(), ports);
      expect(server.paths).not.toContain('/elsewhere');
    });
  }

  if (client === 'curl') {
    test('one connection serves all endpoints', async () => {
      const server = await serve(asRecorded);
      await askAll([testnet], node(), { httpPort: server.port, httpsPort: 8443 });
      expect(server.connections()).toBe(1);
    });
  }
});

describe('a server that hangs', () => {
  /** What a node with each of the clients answers; all at once, since each waits as long as it may. */
  const withEach = async (ports: () => Promise<Partial<SoftwareSettings>>) =>
    Promise.all(
      CLIENTS.map(async ([client, node]) => ({
        client,
        ...(await askAll([testnet], node(), await ports())),
      })),
    );

  test('costs only the section', async () => {
    const hanging: Replay[] = [];
    const answers = await withEach(async () => {
      const server = await serve((request) => request.resume());
      hanging.push(server);
      return { httpPort: server.port, httpsPort: await closedPort() };
    });
    expect(answers.map(({ client, complete }) => [client, complete])).toEqual(
      CLIENTS.map(([client]) => [client, true]),
    );
    for (const { parse } of answers) expect(parse(testnet)).toContainEqual(up('testnet', 0));
    for (const { paths } of hanging) expect(new Set(paths).size).toBeLessThan(PATHS.length);
  });

  test('at one endpoint does not hide those before it', async () => {
    const server = await serve((request, response) => {
      if (request.url !== '/metrics') asRecorded(request, response);
    });
    const httpsPort = await closedPort();
    const answers = await withEach(() => Promise.resolve({ httpPort: server.port, httpsPort }));
    const registered = { metric: 'pipe_node_registered', labels: {}, value: 1 };
    for (const { parse } of answers) expect(parse(testnet)).toContainEqual(registered);
  });
});

describe('TLS', () => {
  test.each([[['bash', 'curl']], [['bash', 'wget']], [['curl']], [['wget']]] as const)(
    'with a certificate of its own making is asked where plain HTTP is closed (%j)',
    async (names) => {
      const server = await serve(asRecorded, { tls: true });
      const ports = { httpPort: await closedPort(), httpsPort: server.port };
      const { parse } = await askAll([testnet], nodeWith(...names), ports);
      expect(parse(testnet)).toContainEqual({ metric: 'pipe_node_window_requests', labels: {}, value: 6 });
      expect([...server.paths].sort()).toEqual(PATHS);
    },
  );

  test('without a program for it, nobody knows whether the node answers', async () => {
    const server = await serve(asRecorded, { tls: true });
    const ports = { httpPort: await closedPort(), httpsPort: server.port };
    const { parse } = await askAll([testnet], nodeWith('bash'), ports);
    expect(() => parse(testnet)).toThrow(
      /^Something listens on the TLS port \d+, and the node has neither curl nor wget/,
    );
  });
});

describe('what is not there is not asked', () => {
  const everywhere = (port: number) => ({
    httpPort: port,
    httpsPort: port,
    controlPort: port,
    metricsPort: port,
    latticePort: port,
  });

  test.each([[[]], [['devnet']]])('with %j', async (generations: readonly string[]) => {
    const server = await serve(asRecorded);
    const collectors = [pipeNode, pipeNative].map((collector) => withGenerations(collector, ...generations));
    const { parse } = await askAll(collectors, nodeWith('bash'), everywhere(server.port));
    for (const collector of collectors) expectPromised(collector, parse(collector));
    expect(server.connections()).toBe(0);
  });

  test('a process named pop without files is asked as testnet would be, and proves itself', async () => {
    const folder = folderWith({ pop: '/bin/sleep' });
    const process = spawn(`${folder}/pop`, ['60']);
    try {
      await once(process, 'spawn');
      const server = await serve(asRecorded);
      const other = await serve((_request, response) => response.end('{"status":"ok"}'));
      const asked = async (port: number): Promise<Sample[]> => {
        const ports = { httpPort: port, httpsPort: await closedPort() };
        return (await askAll([pipeNode], nodeWith('bash'), ports)).parse(pipeNode);
      };
      expect(await asked(server.port)).toContainEqual(up('testnet', 1));
      expect((await asked(other.port)).map(({ value }) => value)).toEqual([0, 0, 0, 0]);
    } finally {
      process.kill();
      rmSync(folder, { recursive: true });
    }
  });

  test('without any program for HTTP, it is said', async () => {
    const { parse } = await askAll([testnet], nodeWith());
    expect(() => parse(testnet)).toThrow('neither bash nor curl nor wget');
  });
});
