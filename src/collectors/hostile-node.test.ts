import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, symlinkSync, utimesSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DEFAULT_SOFTWARE } from '../core/software.js';
import { findTool } from '../stack/tools.js';
import { audit } from './audit.js';
import type { Collector } from './collector.js';
import { pipeConfig } from './pipe-config.js';
import { pipeIdentity } from './pipe-identity.js';
import { pipeListen } from './pipe-listen.js';
import { pipeLog } from './pipe-log.js';
import { pipeNative } from './pipe-native.js';
import { pipeNode } from './pipe-node.js';
import { pipeVersion } from './pipe-version.js';
import { createFakeRoot, type FakeRoot } from './testing/fake-root.js';
import { withGenerations } from './testing/generations.js';
import { ask, askAll, SHELLS, TOKEN } from './testing/node.js';
import { closedPort, replay } from './testing/replayed-node.js';

const collector = (name: string, script: string): Collector => ({
  name,
  module: 'node',
  summary: '',
  metrics: {},
  parse: () => [],
  script: () => script,
});

/** Whatever looks like a token among the arguments of all processes, as any account of the node may read them. */
function tokensInArguments(): string[] {
  const found = new Set<string>();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'latin1');
      for (const [token] of words.matchAll(/\b[0-9a-f]{32}\b/g)) found.add(token);
    } catch {
      // It has just ended.
    }
  }
  return [...found];
}

describe('an account of the node that reads the arguments of all processes', () => {
  test('finds the token that was sent there, which marks nothing', async () => {
    const forged = `\n@${TOKEN} end one 0\n@${TOKEN} begin two\nevil\n@${TOKEN} end two 0\n@${TOKEN} done`;
    const { complete, sections } = await askAll(
      [collector('one', `cat <<'X'\n${forged}\nX`), collector('two', 'echo true; echo "$T"')],
      { shell: 'dash' },
    );
    expect(complete).toBe(true);
    expect(sections.get('one')?.output).toBe(`${forged}\n`);
    expect(sections.get('two')?.output).toMatch(/^true\n[0-9a-f]{32}\n$/);
    expect(sections.get('two')?.output).not.toContain(TOKEN);
  });

  test.each([
    ['bash', false],
    ['curl', true],
  ])('and answers HTTP, cannot pass for another server or section: %s', async (_, tls) => {
    const server = await replay(
      (_request, response) => {
        const marks = tokensInArguments().map(
          (token) =>
            `{}\n@${token} testnet http://127.0.0.1:80/state\nHTTP/1.0 200 OK\n\n{"pop_id":"9"}\n@${token} testnet http://127.0.0.1:80/status\n` +
            `@${token} end pipe-node 0\n@${token} begin other\nevil\n@${token} end other 0\n@${token} done\n`,
        );
        response.end(`${marks.join('\n')}\n`);
      },
      { tls },
    );
    try {
      const ports = tls
        ? { httpPort: await closedPort(), httpsPort: server.port }
        : { httpPort: server.port, httpsPort: await closedPort() };
      const testnet = withGenerations(pipeNode, 'testnet');
      const { complete, sections, parse } = await askAll(
        [testnet, collector('other', 'echo true')],
        { shell: 'dash', programs: { curl: await findTool('curl') } },
        ports,
      );
      expect(complete).toBe(true);
      expect(sections.get('other')?.output).toBe('true\n');
      expect(parse(testnet).find(({ metric }) => metric === 'pipe_node_http_up')?.value).toBe(0);
    } finally {
      server.close();
    }
  });
});

describe.each(SHELLS)('the owner of a folder of the node software, in %s', (shell) => {
  let root: FakeRoot;
  beforeEach(() => {
    root = createFakeRoot();
  });
  afterEach(() => root.remove());

  test('runs nothing by the names of files', async () => {
    const made = root.at('made');
    root.write('/opt/popcache/logs/stdout.log', '');
    root.write('/opt/popcache/logs/stdout.log.1 -o -v a[$(echo${IFS}x>made)]', '');
    const before = process.cwd();
    process.chdir(root.path);
    try {
      const { samples } = await ask(pipeLog, { shell, root });
      expect(samples.find(({ metric }) => metric === 'pipe_node_log_rotated')?.value).toBe(1);
    } finally {
      process.chdir(before);
    }
    expect(existsSync(made)).toBe(false);
  });

  test.each([
    ['a pipe that nobody writes to', (path: string) => void execFileSync('mkfifo', [path])],
    ['a file without end', (path: string) => symlinkSync('/dev/zero', path)],
  ])('does not hold a probe up with %s', async (_, make) => {
    root.write('/opt/other/pop', '');
    root.write(
      '/etc/systemd/system/popcache.service',
      `[Service]\nWorkingDirectory=${root.path}/opt/other\nStandardOutput=append:${root.path}/opt/other/config.json\n`,
    );
    make(root.at('/opt/other/config.json'));
    for (const one of [pipeConfig, pipeLog]) {
      expect((await ask(one, { shell, root })).samples).toEqual([]);
    }
  });

  test('is root itself in a container, so that its program is not started', async () => {
    root.write('/opt/popcache/config.json', '{}');
    root.write(
      '/opt/popcache/pop',
      '#!/bin/sh\n# create-config\necho Pipe Network CDN PoP Cache Node v0.3.2\n',
      0o755,
    );
    root.write('/run/docker.sock', '');
    const { output } = await ask(pipeVersion, { shell, root });
    expect(output).not.toContain('version /opt');
  });

  test('cannot forge the modes of other files by a line break in a name', async () => {
    root.write('/opt/popcache/.pop_state.json', '', 0o644);
    root.write('/opt/popcache/config.json\nfolder 700 0 ', '');
    const { output } = await ask(audit, { shell, root });
    expect(output).toContain('\nfile 644 ');
    expect(output).not.toMatch(/^folder 700 0 $/m);
  });

  test('silences nothing by a time before 1970', async () => {
    const files = ['config.json', '.pop_state.json', 'pop', 'pop.log'].map((name) => `/opt/popcache/${name}`);
    for (const file of files) {
      root.write(file, '{}');
      utimesSync(root.at(file), new Date(-1e6), new Date(-1e6));
    }
    for (const one of [pipeConfig, pipeIdentity, pipeLog, pipeVersion]) {
      const { samples } = await ask(one, { shell, root });
      const times = samples.filter(({ metric }) => metric.endsWith('_modified_timestamp_seconds'));
      expect([one.name, new Set(times.map(({ value }) => value))]).toEqual([one.name, new Set([-1000])]);
    }
  });

  test('and thousands of sockets make a port unknown, not closed', async () => {
    const many = Array.from({ length: 3000 }, (_, port) => `LISTEN 0 1 127.0.0.1:${port + 1024} 0.0.0.0:*`);
    root.program('ss', `cat <<'X'\nState Recv-Q Send-Q Local Peer\n${many.join('\n')}\nX`);
    const listen = withGenerations(pipeListen, 'testnet');
    const { samples } = await ask(listen, { shell, root }, { httpPort: 1100, httpsPort: 3900 });
    expect(samples.map(({ labels, value }) => [labels?.['port'], value])).toEqual([['1100', 1]]);
  });
});

/** Whether a series of the node software with these labels is passed on. */
const passes = (labels: string): boolean =>
  pipeNative
    .parse({
      files: new Map(),
      output: `${TOKEN}\ngenerations mainnet\nplain bash\n\nHTTP/1.0 200 OK\r\n\r\npop_x{${labels}} 1\n\n@${TOKEN} mainnet http://127.0.0.1:9090/metrics\n`,
      status: 0,
      software: DEFAULT_SOFTWARE,
    })
    .some(({ metric }) => metric === 'pop_x');

test('key material in labels of the node software is not passed on', () => {
  expect(passes('region="eu"')).toBe(true);
  expect(passes('wallet="x"')).toBe(false);
  expect(passes('solana_pubkey="x"')).toBe(false);
  expect(passes(`id="${'0a'.repeat(32)}"`)).toBe(false);
});

test('a label name of the node software for which a scrape would be refused is not passed on', () => {
  expect(passes(`${'l'.repeat(64)}="x"`)).toBe(true);
  expect(passes(`${'l'.repeat(65)}="x"`)).toBe(false);
});
