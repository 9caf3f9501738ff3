import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { hashSync } from 'bcryptjs';
import { type Authority, createAuthority } from '../http/testing/certificates.js';
import { freePort } from '../ssh/testing/sshd.js';
import { findTool } from '../stack/tools.js';
import { type ExporterProcess, startExporterProcess } from './testing/exporter-process.js';
import { type RealFleet, startRealFleet } from './testing/real-fleet.js';

const PASSWORD = 'correct horse battery staple';
const TOKEN = 'f3b1c2d4e5a6978899aabbccddeeff00';

let authority: Authority;
let fleet: RealFleet;
let exporter: ExporterProcess;
let webConfig: string;

const at = (file: string): string => join(authority.folder, file);

function writeWebConfig(password: string): void {
  writeFileSync(
    webConfig,
    `tls_server_config:
  cert_file: server.crt
  key_file: server.key
basic_auth_users:
  prometheus: ${hashSync(password, 10)}
`,
  );
}

beforeAll(async () => {
  authority = await createAuthority();
  authority.issue('server', 'DNS:localhost', 'IP:127.0.0.1');
  webConfig = at('web.yml');
  writeWebConfig(PASSWORD);
  writeFileSync(at('password'), PASSWORD, { mode: 0o600 });
  writeFileSync(at('token'), TOKEN, { mode: 0o600 });
  writeFileSync(at('tokens.yml'), `grafana: ${createHash('sha256').update(TOKEN).digest('hex')}\n`);
  fleet = await startRealFleet({ 'fra-1': {} });
  exporter = await startExporterProcess(fleet.configPath, '127.0.0.1:0', {
    options: ['--web.config.file', webConfig, '--web.tokens.file', at('tokens.yml')],
  });
});
afterAll(async () => {
  await exporter.end('SIGTERM');
  await fleet.dispose();
  authority.dispose();
});

/** The status that curl gets, or its own exit code as a negative number. */
async function curl(path: string, ...options: string[]): Promise<number> {
  const args = ['-s', '-o', '/dev/null', '-w', '%{http_code}', ...options, exporter.url + path];
  try {
    const { stdout } = await promisify(execFile)(await findTool('curl'), args);
    return Number(stdout);
  } catch (error) {
    return -Number((error as { code?: unknown }).code);
  }
}

const trusted = (): string[] => ['--cacert', authority.certFile];

describe('curl', () => {
  test('is answered when it says who it is', async () => {
    expect(exporter.url).toMatch(/^https:/);
    expect(await curl('/probe?target=fra-1', ...trusted(), '-u', `prometheus:${PASSWORD}`)).toBe(200);
    expect(await curl('/metrics', ...trusted(), '-H', `Authorization: Bearer ${TOKEN}`)).toBe(200);
  });

  test('is not otherwise', async () => {
    expect(await curl('/metrics', ...trusted())).toBe(401);
    expect(await curl('/metrics', ...trusted(), '-u', 'prometheus:wrong')).toBe(401);
    expect(await curl('/-/reload', ...trusted(), '-X', 'POST')).toBe(401);
    expect(await curl('/-/healthy', ...trusted())).toBe(200);
  });

  test('does not trust a certificate that nobody vouches for', async () => {
    expect(await curl('/-/healthy')).toBe(-60);
  });
});

test('a real Prometheus finds the nodes and scrapes them over TLS, with a password and with a token', async () => {
  const port = await freePort();
  const tls = `tls_config: { ca_file: '${authority.certFile}' }`;
  const password = `basic_auth: { username: prometheus, password_file: '${at('password')}' }`;
  const address = new URL(exporter.url).host;
  writeFileSync(
    at('prometheus.yml'),
    `global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs:
  - job_name: pipe-node
    ${tls}
    ${password}
    http_sd_configs:
      - url: ${exporter.url}/sd
        refresh_interval: 1s
        ${tls}
        ${password}
  - job_name: pipefleet
    scheme: https
    ${tls}
    authorization: { credentials_file: '${at('token')}' }
    static_configs: [{ targets: ['${address}'] }]
`,
  );
  const prometheus = spawn(
    await findTool('prometheus'),
    [
      `--config.file=${at('prometheus.yml')}`,
      `--storage.tsdb.path=${at('data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  try {
    const value = async (query: string): Promise<string | undefined> => {
      const url = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`;
      const response = await fetch(url).catch(() => undefined);
      if (response?.ok !== true) return undefined;
      const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } };
      return data.result[0]?.value[1];
    };
    for (const query of ['probe_success{instance="fra-1"}', 'up{job="pipe-node"}', 'up{job="pipefleet"}']) {
      while ((await value(query)) !== '1') await sleep(200);
    }
  } finally {
    prometheus.kill('SIGKILL');
  }
});

describe('what has changed is taken over', () => {
  test('a certificate, without a word from anybody who asks meanwhile', async () => {
    const other = await createAuthority();
    const renewed = other.issue('server', 'IP:127.0.0.1');
    copyFileSync(renewed.certFile, at('server.crt'));
    copyFileSync(renewed.keyFile, at('server.key'));
    const user = ['-u', `prometheus:${PASSWORD}`];
    expect(await curl('/-/reload', ...trusted(), ...user, '-X', 'POST')).toBe(200);
    expect(await curl('/metrics', ...trusted(), ...user)).toBe(-60);
    expect(await curl('/metrics', '--cacert', other.certFile, ...user)).toBe(200);
    other.dispose();
  });

  test('a certificate that is renewed, without anybody asking for a reload', async () => {
    const other = await createAuthority();
    const renewed = other.issue('server', 'IP:127.0.0.1');
    // As it is for a moment, when a program has written the one and not the other.
    copyFileSync(renewed.certFile, at('server.crt'));
    await sleep(100);
    copyFileSync(renewed.keyFile, at('server.key'));
    const user = ['--cacert', other.certFile, '-u', `prometheus:${PASSWORD}`];
    while ((await curl('/metrics', ...user)) !== 200) await sleep(200);
    other.dispose();
  });

  test('a password; and a broken file leaves what was there', async () => {
    writeWebConfig('another password');
    exporter.child.kill('SIGHUP');
    while ((await curl('/metrics', '-k', '-u', `prometheus:${PASSWORD}`)) !== 401) await sleep(50);
    expect(await curl('/metrics', '-k', '-u', 'prometheus:another password')).toBe(200);
    writeFileSync(webConfig, 'basic_auth_users: { prometheus: plain }\n');
    expect(await curl('/-/reload', '-k', '-u', 'prometheus:another password', '-X', 'POST')).toBe(500);
    expect(exporter.log()).toContain('is no bcrypt hash');
    expect(await curl('/metrics', '-k', '-u', 'prometheus:another password')).toBe(200);
  });

  test('a web configuration that is cut short does not open the port', async () => {
    for (const text of [
      '',
      '# Later.\n',
      'tls_server_config: { cert_file: server.crt, key_file: server.key }\n',
    ]) {
      writeFileSync(webConfig, text);
      writeFileSync(at('tokens.yml'), '');
      const user = ['-k', '-u', 'prometheus:another password'];
      expect(await curl('/-/reload', ...user, '-X', 'POST')).toBe(500);
      expect(await curl('/metrics', '-k')).toBe(401);
      expect(await curl('/metrics', ...user)).toBe(200);
    }
  });

  test('neither passwords nor tokens are in the log', () => {
    const hash = createHash('sha256').update(TOKEN).digest('hex');
    for (const secret of [PASSWORD, 'another password', TOKEN, hash, '$2']) {
      expect(exporter.log()).not.toContain(secret);
    }
  });
});

test('promtool takes the example of docs/web.md', async () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/web.md'), 'utf8');
  const example = /```yaml\n# web\.yml\n(?<yaml>[^]*?)```/.exec(text)?.groups?.['yaml'] ?? '';
  expect(example).toContain('tls_server_config');
  authority.issue('example', 'DNS:localhost');
  for (const name of ['crt', 'key']) copyFileSync(at(`example.${name}`), at(`server.${name}`));
  copyFileSync(authority.certFile, at('clients.crt'));
  writeFileSync(at('example.yml'), example);
  const { stdout, stderr } = await promisify(execFile)(await findTool('promtool'), [
    'check',
    'web-config',
    at('example.yml'),
  ]);
  expect(stdout + stderr).toContain('SUCCESS');
});

test('a mistake is told at the start, in a sentence with its place', async () => {
  writeFileSync(at('bad.yml'), 'basic_auth_users:\n  prometheus: letmein\n');
  await expect(
    startExporterProcess(fleet.configPath, '127.0.0.1:0', { options: ['--web.config.file', at('bad.yml')] }),
  ).rejects.toThrow(
    'bad.yml:2:15: "prometheus" is no bcrypt hash; write what "htpasswd -nBC 10 NAME" prints',
  );
});
