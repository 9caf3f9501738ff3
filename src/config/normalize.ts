import { dirname, resolve } from 'node:path';
import { DEFAULT_SOFTWARE } from '../core/software.js';
import type { Config, Credential, Limits, Module, NodeConfig } from './config.js';
import { expandPath } from './paths.js';
import type { WrittenConfig } from './written.js';

export interface Surroundings {
  /** Every collector that exists, in registry order. */
  readonly collectors: readonly string[];
  /** Home folder that "~" stands for. */
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Probes of a module that sets no timeout of its own end after so many seconds. */
const DEFAULT_TIMEOUT_SECONDS = 20;
const DEFAULT_PORT = 22;

/** The complete configuration from a written one that broke no rule. */
export function normalize(written: WrittenConfig, path: string, surroundings: Surroundings): Config {
  const folder = dirname(resolve(path));
  const expand = (file: string) => expandPath(file, folder, surroundings.home);
  const credentials = new Map(
    Object.entries(written.credentials).map(([name, credential]) => [
      name,
      normalizeCredential(name, credential, expand, surroundings),
    ]),
  );
  const modules = new Map([['node', normalizeModule('node', {}, surroundings.collectors)]]);
  for (const [name, module] of Object.entries(written.modules)) {
    modules.set(name, normalizeModule(name, module, surroundings.collectors));
  }
  return {
    path: resolve(path),
    listen: written.listen,
    externalAddress: written.external_address,
    knownHosts: [written.known_hosts].flat().map(expand),
    credentials,
    modules,
    limits: normalizeLimits(written.limits),
    nodes: written.nodes.map((node) => normalizeNode(node, written.defaults, credentials)),
  };
}

function normalizeCredential(
  name: string,
  { user, key_file, agent, passphrase_file, passphrase_env }: WrittenConfig['credentials'][string],
  expand: (file: string) => string,
  { environment }: Surroundings,
): Credential {
  const socket = agent === true ? environment['SSH_AUTH_SOCK'] : agent;
  const keyPassphrase =
    passphrase_file === undefined
      ? passphrase_env && { environment: passphrase_env }
      : { file: expand(passphrase_file) };
  return {
    name,
    user,
    keyFile: key_file === undefined ? undefined : expand(key_file),
    passphrase: keyPassphrase || undefined,
    agent: socket === undefined ? undefined : expand(socket),
  };
}

function normalizeModule(
  name: string,
  module: WrittenConfig['modules'][string],
  collectors: readonly string[],
): Module {
  const chosen = module.collectors ?? collectors;
  const disabled = module.disable ?? [];
  return {
    name,
    collectors: collectors.filter((collector) => chosen.includes(collector) && !disabled.includes(collector)),
    timeoutSeconds: module.timeout ?? Math.min(DEFAULT_TIMEOUT_SECONDS, module.interval ?? Infinity),
    intervalSeconds: module.interval,
  };
}

function normalizeLimits(written: WrittenConfig['limits']): Limits {
  return {
    concurrentProbes: written.concurrent_probes,
    concurrentLogins: written.concurrent_logins,
    dialTimeoutSeconds: written.dial_timeout,
    keepaliveSeconds: written.keepalive,
    idleSeconds: written.idle,
    connectionAgeSeconds: written.connection_age,
    outputBytes: written.output_size,
    timeoutOffsetSeconds: written.timeout_offset,
    shutdownSeconds: written.shutdown,
  };
}

function normalizeNode(
  node: WrittenConfig['nodes'][number],
  defaults: WrittenConfig['defaults'],
  credentials: ReadonlyMap<string, Credential>,
): NodeConfig {
  const named = node.credential ?? defaults.credential;
  const credential = named === undefined ? [...credentials.values()][0] : credentials.get(named);
  if (credential === undefined) throw new Error('rules.ts lets no node through that has no credential');
  return {
    name: node.name,
    host: node.host,
    port: node.port ?? defaults.port ?? DEFAULT_PORT,
    credential,
    groups: [...new Set([...(defaults.groups ?? []), ...(node.groups ?? [])])],
    labels: { ...defaults.labels, ...node.labels },
    location: node.location,
    software:
      node.software === undefined
        ? DEFAULT_SOFTWARE
        : {
            ...DEFAULT_SOFTWARE,
            httpPort: node.software.http_port,
            httpsPort: node.software.https_port,
          },
  };
}
