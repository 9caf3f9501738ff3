import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { DEFAULT_SOFTWARE, type SoftwareSettings } from '../core/software.js';
import { findTool } from '../stack/tools.js';
import { buildBatch } from './batch.js';
import type { Collector, Sample } from './collector.js';
import { pipeTestnet } from './pipe-testnet.js';
import { ENDPOINTS } from './pipe-testnet-script.js';
import { COLLECTORS } from './registry.js';
import { casesOf } from './testing/cases.js';
import { renderSamples } from './testing/exposition.js';
import { expectPromised } from './testing/promises.js';
import { asRecorded, closedPort, replay } from './testing/replayed-node.js';
import type { Replay } from './testing/replayed-node.js';
import { folderWith, runBatch } from './testing/shell.js';
import type { Node } from './testing/shell.js';

const TOKEN = 'f00dfeedf00dfeedf00dfeedf00dfeed';
const APPLETS = ['head', 'date', 'stat', 'timeout', 'uname', 'sh', 'sleep'];
const PATHS = ENDPOINTS.map(({ path }) => path).sort();

const softwareOn = (httpPort: number, httpsPort: number): SoftwareSettings => ({
  ...DEFAULT_SOFTWARE,
  httpPort,
  httpsPort,
});

const folders: string[] = [];
const servers: Replay[] = [];
let busybox = '';
let curl = '';
let wget = '';

beforeAll(async () => {
  [busybox, curl, wget] = await Promise.all([findTool('busybox'), findTool('curl'), findTool('wget')]);
});
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A node whose programs are all applets of busybox, with some more by name. */
function busyboxNode(more: Readonly<Record<string, string>> = {}): Node {
  const applets = Object.fromEntries(APPLETS.map((name) => [name, busybox]));
  const path = folderWith({ ...applets, ...more });
  folders.push(path);
  return { shell: [busybox, 'ash'], path };
}

const NODES: readonly [name: string, node: () => Node][] = [
  ['dash', () => ({ shell: ['dash'] })],
  ['bash as sh', () => ({ shell: ['bash', '--posix'] })],
  ['busybox and nothing else', () => busyboxNode({ wget: busybox })],
];

async function answer(collectors: readonly Collector[], software: SoftwareSettings, node: Node) {
  const batch = buildBatch(collectors, software);
  const output = batch.split(await runBatch(batch.command(TOKEN), node), TOKEN);
  const parse = (collector: Collector): Sample[] => {
    const { output: text = '', status = 0 } = output.sections.get(collector.name) ?? {};
    return collector.parse({ files: output.files, output: text, status, software });
  };
  return { ...output, parse };
}

async function serve(...parameters: Parameters<typeof replay>): Promise<Replay> {
  const server = await replay(...parameters);
  servers.push(server);
  return server;
}

describe.each(NODES)('%s', (_, node) => {
  test('runs the whole batch, and every collector can read its part', async () => {
    const software = softwareOn(await closedPort(), await closedPort());
    const { complete, parse } = await answer(COLLECTORS, software, node());
    expect(complete).toBe(true);
    for (const collector of COLLECTORS) {
      const samples = parse(collector);
      expectPromised(collector, samples);
      if (!['systemd', 'filesystem'].includes(collector.name)) expect(samples).not.toEqual([]);
    }
  });

  test('plain HTTP is asked first, and only on documented paths', async () => {
    const server = await serve(asRecorded);
    const { parse } = await answer([pipeTestnet], softwareOn(server.port, 8443), node());
    const recorded = casesOf(pipeTestnet).find(({ name }) => name === 'recorded-0.3.2-busy');
    expect(renderSamples(pipeTestnet, parse(pipeTestnet))).toBe(recorded?.expected);
    expect([...server.paths].sort()).toEqual(PATHS);
  });

  test('a node that fell back to plain HTTP on its TLS port is found there', async () => {
    const server = await serve(asRecorded);
    const software = softwareOn(await closedPort(), server.port);
    const { parse } = await answer([pipeTestnet], software, node());
    expect(parse(pipeTestnet)).toContainEqual({ metric: 'pipe_node_http_up', labels: {}, value: 1 });
    expect(PATHS).toEqual(expect.arrayContaining([...server.paths]));
  });

  test('another server on the plain port does not hide the node, nor pass for one', async () => {
    const other = await serve((_request, response) => response.writeHead(404).end('{"status":"ok"}'));
    const server = await serve(asRecorded);
    const { parse } = await answer([pipeTestnet], softwareOn(other.port, server.port), node());
    expect(parse(pipeTestnet)).toContainEqual({ metric: 'pipe_node_http_up', labels: {}, value: 1 });
  });
});

/** Every HTTP client that a node may have. */
const CLIENTS: readonly [name: string, node: () => Node][] = [
  ['curl', () => busyboxNode({ curl })],
  ['wget', () => busyboxNode({ wget })],
  ['wget of busybox', () => busyboxNode({ wget: busybox })],
];

describe.each(CLIENTS)('%s', (name, node) => {
  test('a body without end is cut off, and the batch still ends', async () => {
    const server = await serve((_request, response) => {
      const fill = (): void => {
        while (response.write('x'.repeat(65_536)));
      };
      response.on('drain', fill);
      fill();
    });
    const software = softwareOn(server.port, await closedPort());
    const { complete, sections, parse } = await answer([pipeTestnet], software, node());
    expect(complete).toBe(true);
    expect(sections.get('pipe-testnet')?.output.length).toBeLessThan(400_000);
    expectPromised(pipeTestnet, parse(pipeTestnet));
  });

  test('a server that hangs costs only the section', async () => {
    const server = await serve((request) => request.resume());
    const software = softwareOn(server.port, await closedPort());
    const { complete, parse } = await answer([pipeTestnet], software, node());
    expect(complete).toBe(true);
    expectPromised(pipeTestnet, parse(pipeTestnet));
  });

  if (name !== 'wget of busybox') {
    test('a redirect is not followed', async () => {
      const server = await serve((_request, response) =>
        response.writeHead(302, { location: '/elsewhere' }).end(),
      );
      const software = softwareOn(server.port, await closedPort());
      await answer([pipeTestnet], software, node());
      expect(server.paths).not.toContain('/elsewhere');
    });

    test('TLS with a certificate of its own making is asked where plain HTTP is closed', async () => {
      const server = await serve(asRecorded, { tls: true });
      const software = softwareOn(await closedPort(), server.port);
      const { parse } = await answer([pipeTestnet], software, node());
      expect(parse(pipeTestnet)).toContainEqual({
        metric: 'pipe_node_window_requests',
        labels: {},
        value: 6,
      });
      expect([...server.paths].sort()).toEqual(PATHS);
    });
  }

  if (name === 'curl') {
    test('one connection serves all endpoints', async () => {
      const server = await serve(asRecorded);
      await answer([pipeTestnet], softwareOn(server.port, 8443), node());
      expect(server.connections()).toBe(1);
    });
  }
});

test('a node without any HTTP client is told so', async () => {
  const software = softwareOn(await closedPort(), await closedPort());
  const { parse } = await answer([pipeTestnet], software, busyboxNode());
  expect(() => parse(pipeTestnet)).toThrow('neither curl nor wget');
});
