import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PipefleetError } from '../../core/errors.js';
import { type Authority, createAuthority } from '../../http/testing/certificates.js';
import { loadWeb } from './load-web.js';
import { OPEN_WEB } from './web-config.js';

const FIXTURES = join(import.meta.dirname, '__fixtures__');
const EXPECTATION = /^# expect: (?<problem>.*)$/gm;
const HASH = '$2y$10$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW';

let authority: Authority;
let folder: string;
beforeAll(async () => {
  authority = await createAuthority();
  ({ folder } = authority);
  authority.issue('server', 'DNS:localhost');
  const { keyFile } = authority.issue('other');
  copyFileSync(keyFile, join(folder, 'open.key'));
  chmodSync(join(folder, 'open.key'), 0o640);
  writeFileSync(join(folder, 'no.key'), authority.certificate, { mode: 0o600 });
});
afterAll(() => authority.dispose());

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test('no file at all is plain HTTP for everybody', async () => {
  expect(await loadWeb({})).toBe(OPEN_WEB);
});

test('a file of comments alone asks for nothing', async () => {
  const { files, ...web } = await loadWeb({ configPath: write('empty.yml', '# Later.\n') });
  expect(web).toEqual({ ...OPEN_WEB, files: undefined });
  expect(files).toEqual([join(folder, 'empty.yml')]);
});

test('everything that can be said', async () => {
  const configPath = write(
    'web.yml',
    `tls_server_config:
  cert_file: server.crt
  key_file: ${join(folder, 'server.key')}
  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: authority.crt
  client_allowed_sans: [prometheus.example.net]
  min_version: TLS13
  cipher_suites: [TLS_AES_256_GCM_SHA384, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]
  curve_preferences: [X25519, CurveP256]
  prefer_server_cipher_suites: false
http_server_config:
  http2: false
  headers: { Strict-Transport-Security: max-age=31536000 }
basic_auth_users: { prometheus: ${HASH} }
rate_limit: { interval: 100ms, burst: 20 }
`,
  );
  const tokensPath = write('tokens.yml', `grafana: ${'ab'.repeat(32)}\n`);
  expect(await loadWeb({ configPath, tokensPath })).toEqual({
    tls: {
      certificate: readFileSync(join(folder, 'server.crt')),
      key: readFileSync(join(folder, 'server.key')),
      clientCa: authority.certificate,
      clients: 'required',
      clientNames: ['prometheus.example.net'],
      minVersion: 'TLSv1.3',
      maxVersion: 'TLSv1.3',
      ciphers: 'TLS_AES_256_GCM_SHA384:ECDHE-RSA-AES128-GCM-SHA256',
      curves: 'X25519:P-256',
      serverOrder: false,
    },
    headers: { 'Strict-Transport-Security': 'max-age=31536000' },
    users: new Map([['prometheus', HASH]]),
    tokens: new Map([['grafana', 'ab'.repeat(32)]]),
    rateLimit: { intervalSeconds: 0.1, burst: 20 },
    files: ['web.yml', 'server.crt', 'server.key', 'authority.crt', 'tokens.yml'].map((file) =>
      join(folder, file),
    ),
  });
});

describe('every mistake is told, with its place and its mending, and no value', () => {
  test.each(readdirSync(FIXTURES))('%s', async (file) => {
    const text = readFileSync(join(FIXTURES, file), 'utf8');
    const configPath = write(file, text);
    const error: unknown = await loadWeb({ configPath }).catch((thrown: unknown) => thrown);
    const expected = Array.from(text.matchAll(EXPECTATION), ({ groups }) =>
      `${configPath}:${groups?.['problem'] ?? ''}`.replaceAll('FOLDER', folder),
    );
    expect(error).toBeInstanceOf(PipefleetError);
    expect((error as PipefleetError).message.split('\n')).toEqual(expected);
  });
});

test.each([
  [
    `grafana: a-long-random-token`,
    ':1:10: "grafana" is no SHA-256; write what "printf %s TOKEN | sha256sum" prints, never the token itself',
  ],
  ['# Nobody yet.', ':1:1: the file names no token; write one, or leave the flag out'],
  ['grafana: 12', ':1:10: "grafana" must be text; put it in quotes'],
])('of tokens: %s', async (text, problem) => {
  const tokensPath = write('bad-tokens.yml', text);
  await expect(loadWeb({ tokensPath })).rejects.toThrow(tokensPath + problem);
});

test('a file that is not there is said to be missing', async () => {
  const missing = join(mkdtempSync(join(tmpdir(), 'pipefleet-')), 'web.yml');
  await expect(loadWeb({ configPath: missing })).rejects.toThrow(
    `${missing} does not exist; correct the path, or leave the flag out`,
  );
  rmSync(join(missing, '..'), { recursive: true });
});
