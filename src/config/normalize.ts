import { dirname, resolve } from 'node:path';
import { DEFAULT_SOFTWARE, type SoftwareSettings } from '../core/software.js';
import type { Config, Credential, JumpHost, Limits, Module, NodeConfig } from './config.js';
import { defaultCredential } from './default-credential.js';
import { BUILT_IN_MODULES, chosenCollectors, scheduleOf, type KnownCollector } from './modules.js';
import { normalizeJumps } from './normalize-jumps.js';
import { expandPath } from './paths.js';
import type { WrittenJump } from './written-jump.js';
import type { WrittenSoftware } from './written-software.js';
import type { WrittenConfig } from './written.js';

export interface Surroundings {
  /** Every collector that exists, in registry order. */
  readonly collectors: readonly KnownCollector[];
  /** Home folder that "~" stands for. */
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

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
  const standard = defaultCredential(written.defaults.credential, [...credentials.values()]);
  const credentialOf = (name = standard): Credential => {
    const credential = name === undefined ? undefined : credentials.get(name);
    if (credential === undefined)
      throw new Error('credential-use-rules.ts lets nothing through that has no credential');
    return credential;
  };
  const { jumpHosts, wayOf } = normalizeJumps(written.jump_hosts, credentialOf);
  return {
    path: resolve(path),
    listen: written.listen,
    externalAddress: written.external_address,
    fleetId: written.fleet_id,
    knownHosts: [written.known_hosts].flat().map(expand),
    credentials,
    jumpHosts,
    modules: normalizeModules(written.modules, surroundings.collectors),
    limits: normalizeLimits(written.limits),
    nodes: written.nodes.map((node) => normalizeNode(node, written.defaults, { credentialOf, wayOf })),
  };
}

function normalizeCredential(
  name: string,
  written: WrittenConfig['credentials'][string],
  expand: (file: string) => string,
  { environment }: Surroundings,
): Credential {
  const { agent, passphrase_file, passphrase_env } = written;
  const absolute = (file: string | undefined) => (file === undefined ? undefined : expand(file));
  const socket = agent === true ? environment['SSH_AUTH_SOCK'] : agent;
  const keyPassphrase =
    passphrase_file === undefined
      ? passphrase_env && { environment: passphrase_env }
      : { file: expand(passphrase_file) };
  return {
    name,
    user: written.user,
    purpose: written.purpose,
    from: [written.from ?? []].flat(),
    backend: written.backend,
    certificateFile: absolute(written.certificate_file),
    sshConfig: absolute(written.ssh_config),
    keyFile: absolute(written.key_file),
    passphrase: keyPassphrase || undefined,
    agent: absolute(socket),
  };
}

/** The built-in modules, then the others in the order of the file. One without any collector is not there. */
function normalizeModules(
  written: WrittenConfig['modules'],
  collectors: readonly KnownCollector[],
): Map<string, Module> {
  const names = new Set([...BUILT_IN_MODULES.keys(), ...Object.keys(written)]);
  const modules = [...names].map((name) => normalizeModule(name, written[name] ?? {}, collectors));
  return new Map(
    modules.filter((module) => module.collectors.length > 0).map((module) => [module.name, module]),
  );
}

function normalizeModule(
  name: string,
  module: WrittenConfig['modules'][string],
  collectors: readonly KnownCollector[],
): Module {
  const schedule = scheduleOf(name);
  const intervalSeconds = module.interval ?? schedule.intervalSeconds;
  return {
    name,
    collectors: chosenCollectors(name, module, collectors),
    timeoutSeconds: module.timeout ?? Math.min(schedule.timeoutSeconds, intervalSeconds ?? Infinity),
    intervalSeconds,
    shareSeconds: module.share ?? 0,
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

interface Lookups {
  readonly credentialOf: (name: string | undefined) => Credential;
  readonly wayOf: (jump: WrittenJump) => readonly JumpHost[];
}

function normalizeNode(
  node: WrittenConfig['nodes'][number],
  defaults: WrittenConfig['defaults'],
  { credentialOf, wayOf }: Lookups,
): NodeConfig {
  return {
    name: node.name,
    host: node.host,
    port: node.port ?? defaults.port ?? DEFAULT_PORT,
    addresses: node.addresses ?? [],
    jump: wayOf(node.jump ?? defaults.jump ?? []),
    credential: credentialOf(node.credential),
    groups: [...new Set([...(defaults.groups ?? []), ...(node.groups ?? [])])],
    labels: { ...defaults.labels, ...node.labels },
    location: node.location,
    software: normalizeSoftware({ ...defaults.software, ...node.software }),
  };
}

function normalizeSoftware(written: WrittenSoftware): SoftwareSettings {
  return {
    httpPort: written.http_port ?? DEFAULT_SOFTWARE.httpPort,
    httpsPort: written.https_port ?? DEFAULT_SOFTWARE.httpsPort,
    controlPort: written.control_port ?? DEFAULT_SOFTWARE.controlPort,
    metricsPort: written.metrics_port ?? DEFAULT_SOFTWARE.metricsPort,
    latticePort: written.lattice_port ?? DEFAULT_SOFTWARE.latticePort,
    distributions: written.distributions ?? DEFAULT_SOFTWARE.distributions,
    nativePrefixes: written.native_prefixes ?? DEFAULT_SOFTWARE.nativePrefixes,
    nativeSeries: written.native_series ?? DEFAULT_SOFTWARE.nativeSeries,
  };
}
