import { createPrivateKey, X509Certificate } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import type * as z from 'zod';
import { codeOf, PipefleetError } from '../../core/errors.js';
import { isOpenToOthers } from '../../core/private-file.js';
import { readBounded } from '../../core/read-bounded.js';
import { quote } from '../../core/shell.js';
import { checkDocument } from '../check-document.js';
import { formatProblem, type KeyPath, type Problem, sortProblems } from '../diagnostics.js';
import { readConfigFile } from '../load.js';
import { expandPath } from '../paths.js';
import { CIPHER_SUITES, CURVES, VERSIONS } from './tls-names.js';
import { OPEN_WEB, type WebConfig, type WebTls } from './web-config.js';
import { writtenTokens, writtenWeb, type WrittenWeb } from './written-web.js';

export interface WebFiles {
  /** In the format of Prometheus's web.config.file. */
  readonly configPath?: string | undefined;
  /** A map from names to SHA-256 of bearer tokens. */
  readonly tokensPath?: string | undefined;
}

/** A chain of certificates, or all authorities of a country. */
const MAX_PEM_BYTES = 1_048_576;

/**
 * Reads how the port is to be served, with every file that is named there.
 *
 * @throws {PipefleetError} `config_unreadable`, or `config_invalid` with every problem on a line of its own
 */
export async function loadWeb({ configPath, tokensPath }: WebFiles): Promise<WebConfig> {
  const web = configPath === undefined ? OPEN_WEB : await loadWebConfig(configPath);
  if (tokensPath === undefined) return web;
  const { data } = await read(tokensPath, writtenTokens);
  return {
    ...web,
    tokens: new Map(Object.entries(data)),
    files: [...web.files, resolve(tokensPath)],
  };
}

async function loadWebConfig(path: string): Promise<WebConfig> {
  const { data, fail } = await read(path, writtenWeb);
  const written = data.tls_server_config;
  const tls = written === undefined ? undefined : await loadTls(written, dirname(path), fail);
  fail.orGoOn();
  const limit = data.rate_limit;
  return {
    tls: tls?.tls,
    headers: Object.fromEntries(
      Object.entries(data.http_server_config.headers).filter(
        (entry): entry is [string, string] => entry[1] !== undefined,
      ),
    ),
    users: new Map(Object.entries(data.basic_auth_users)),
    tokens: new Map(),
    rateLimit:
      limit?.interval === undefined || limit.interval === 0
        ? undefined
        : { intervalSeconds: limit.interval, burst: limit.burst },
    files: [resolve(path), ...(tls?.files ?? [])],
  };
}

/** Tells what is wrong with a value. */
interface Fail {
  (path: KeyPath, message: string): void;
  /** @throws {PipefleetError} `config_invalid` when anything was told */
  orGoOn(): void;
}

async function read<Data>(path: string, schema: z.ZodType<Data>): Promise<{ data: Data; fail: Fail }> {
  const text = await readConfigFile(path, 'correct the path, or leave the flag out');
  const { data, problems, problemOf } = checkDocument(text, path, schema);
  if (data === undefined) throw invalid(problems);
  const found: Problem[] = [];
  const fail = (at: KeyPath, message: string) => found.push(problemOf({ path: at, at: 'value', message }));
  const orGoOn = (): void => {
    if (found.length > 0) throw invalid(sortProblems(found));
  };
  return { data, fail: Object.assign(fail, { orGoOn }) };
}

function invalid(problems: readonly Problem[]): PipefleetError {
  return new PipefleetError('config_invalid', problems.map(formatProblem).join('\n'));
}

async function loadTls(
  written: NonNullable<WrittenWeb['tls_server_config']>,
  folder: string,
  fail: Fail,
): Promise<{ tls: WebTls; files: string[] } | undefined> {
  const at = (key: string): KeyPath => ['tls_server_config', key];
  const files: string[] = [];
  const load = async (key: 'cert_file' | 'key_file' | 'client_ca_file'): Promise<Buffer | undefined> => {
    const name = written[key];
    if (name === undefined) return undefined;
    const path = expandPath(name, folder, homedir());
    files.push(path);
    const found = await readPem(path, key === 'key_file');
    if (Buffer.isBuffer(found)) return found;
    fail(at(key), `"${key}" ${path} ${found.trouble}`);
    return undefined;
  };
  const [certificate, key, clientCa] = [
    await load('cert_file'),
    await load('key_file'),
    await load('client_ca_file'),
  ];
  const clients = CLIENTS[written.client_auth_type];
  if (clients === 'none') {
    for (const name of ['client_ca_file', 'client_allowed_sans'] as const) {
      if (written[name] !== undefined)
        fail(
          at(name),
          `"${name}" has no effect while no certificate is asked for; set client_auth_type, or remove it`,
        );
    }
  } else if (written.client_ca_file === undefined) {
    fail(
      at('client_auth_type'),
      '"client_auth_type" needs client_ca_file: who signs the certificates of clients',
    );
  }
  const minVersion = VERSIONS[written.min_version ?? 'TLS12'];
  const maxVersion = VERSIONS[written.max_version ?? 'TLS13'];
  if (minVersion > maxVersion) fail(at('max_version'), '"max_version" is older than min_version; swap them');
  if (certificate === undefined || key === undefined) return undefined;
  const mismatch = pairMistake(certificate, key);
  if (mismatch !== undefined) fail(at(mismatch.key), `"${mismatch.key}" ${mismatch.message}`);
  const opensslNames = (names: readonly string[] | undefined, known: Readonly<Record<string, string>>) =>
    names?.map((name) => known[name]).join(':');
  const tls: WebTls = {
    certificate,
    key,
    clientCa,
    clients,
    clientNames: written.client_allowed_sans,
    minVersion,
    maxVersion,
    ciphers: opensslNames(written.cipher_suites, CIPHER_SUITES),
    curves: opensslNames(written.curve_preferences, CURVES),
    serverOrder: written.prefer_server_cipher_suites,
  };
  return { tls, files };
}

const CLIENTS = {
  NoClientCert: 'none',
  VerifyClientCertIfGiven: 'if given',
  RequireAndVerifyClientCert: 'required',
} as const;

/** What is wrong with a certificate and a key, each by itself or together. */
function pairMistake(
  certificate: Buffer,
  key: Buffer,
): { readonly key: 'cert_file' | 'key_file'; readonly message: string } | undefined {
  let leaf: X509Certificate;
  try {
    leaf = new X509Certificate(certificate);
    createSecureContext({ cert: certificate });
  } catch {
    return {
      key: 'cert_file',
      message: 'holds no certificate in PEM; name the file that begins with BEGIN CERTIFICATE',
    };
  }
  try {
    const parsed = createPrivateKey(key);
    if (leaf.checkPrivateKey(parsed)) return undefined;
  } catch {
    return {
      key: 'key_file',
      message:
        'holds no private key in PEM without a passphrase; name the file that begins with BEGIN PRIVATE KEY',
    };
  }
  return {
    key: 'key_file',
    message: 'is not the key of the first certificate in cert_file; name the one it was made with',
  };
}

async function readPem(path: string, secret: boolean): Promise<Buffer | { readonly trouble: string }> {
  try {
    if (secret) {
      const stats = await stat(path);
      if (isOpenToOthers(stats, process.getuid?.()))
        return { trouble: `is open to other users; run: chmod 600 ${quote(path)}` };
    }
    return await readBounded(path, MAX_PEM_BYTES);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return { trouble: 'does not exist; correct the path' };
    if (code === 'EACCES') return { trouble: 'may not be read by this user; change its owner or mode' };
    return { trouble: `cannot be read (${code ?? 'unknown error'}); name another file` };
  }
}
