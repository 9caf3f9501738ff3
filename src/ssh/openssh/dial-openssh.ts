import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import pLimit, { type LimitFunction } from 'p-limit';
import { unlessAborted } from '../../core/deadline.js';
import { quote } from '../../core/shell.js';
import type { JumpHost, Node } from '../../inventory/node.js';
import { Connection } from '../connection.js';
import type { DialOptions } from '../dial.js';
import { dialAborted } from '../dial-failures.js';
import { chainOf, type Hop, lastHop } from '../hop.js';
import type { HostKnowledge } from '../known-hosts.js';
import { SshFailure } from '../ssh-failure.js';
import { takePlace } from '../take-place.js';
import { prepareIdentity } from './identity.js';
import { readJumpLogs } from './jump-logs.js';
import { failureOfLogin } from './login-failure.js';
import { stageOf } from './login-log.js';
import { Master } from './master.js';
import { muxTransport } from './mux-transport.js';
import { findPrograms, type Programs } from './programs.js';
import { clearLeftOvers, makeRuntimeFolder, type RuntimeFolder, SOCKET } from './runtime-folder.js';
import { clientConfig, sessionConfig, type Setting } from './ssh-config.js';

/** How long one of several addresses may take before the next one is tried, in seconds. */
const ADDRESS_SECONDS = 3;
/** How long a jump host may take to be connected to, in seconds: its client must end by itself when it has outlived all others. */
const JUMP_SECONDS = 30;

/** Clients that may be starting at once; each takes some milliseconds of CPU. */
const STARTS_AT_ONCE = 8;

/** Makes connections with the system's own OpenSSH client. */
export type DialOpenssh = (node: Node, options: DialOptions) => Promise<Connection>;

/**
 * A dialler that clears up, before its first dial, after exporters that were ended by force.
 *
 * A dial gives its connection a private folder with the whole configuration of the client, and starts one process, which holds the
 * connection and ends with it. Handshake and login cost this process nothing, and a peer that says nothing costs a process that
 * sleeps, so that no place among the logins is taken: only the starts are counted.
 */
export function opensshDialler(environment: NodeJS.ProcessEnv = process.env): DialOpenssh {
  let cleared: Promise<void> | undefined;
  const starts = pLimit(STARTS_AT_ONCE);
  const jumps = new Map<string, LimitFunction>();
  const laneOf = ({ name, concurrentDials }: JumpHost): LimitFunction => {
    const lane = jumps.get(name) ?? pLimit(concurrentDials);
    lane.concurrency = concurrentDials;
    jumps.set(name, lane);
    return lane;
  };
  return async (node, options) => {
    const prepared = prepare(node, options, environment, (ssh) => (cleared ??= clearLeftOvers(ssh)));
    const preparation = await orAborted(prepared, options, ({ dispose }) => dispose());
    const releases: (() => void)[] = [];
    try {
      for (const jump of chainOf(node.jump)) {
        options.clock.enter('queue', jump.name);
        releases.push(await takePlace(laneOf(jump), options));
      }
      return await dialAddresses(node, preparation, starts, options);
    } catch (error) {
      preparation.folder.remove();
      throw error;
    } finally {
      preparation.closeAgents();
      for (const release of releases) release();
    }
  };
}

async function dialAddresses(
  node: Node,
  preparation: Preparation,
  starts: LimitFunction,
  options: DialOptions,
): Promise<Connection> {
  const [first, ...others] = node.addresses.length === 0 ? [undefined] : node.addresses;
  const last = others.pop();
  for (const address of last === undefined ? [] : [first, ...others]) {
    try {
      return await attempt(node, address, ADDRESS_SECONDS, preparation, starts, options);
    } catch (error) {
      const unconnected = error instanceof SshFailure && /^connect(?:_timeout)?$/.test(error.reason);
      if (!unconnected || options.signal.aborted) throw error;
    }
  }
  return attempt(node, last ?? first, undefined, preparation, starts, options);
}

/** What all attempts of one dial share. */
interface Preparation {
  readonly programs: Programs;
  readonly folder: RuntimeFolder;
  /** Jump hosts and node, the first to connect to first, with what known_hosts says of each. */
  readonly route: readonly { readonly hop: Hop; readonly knowledge: HostKnowledge }[];
  /** Writes the configuration for an address of the node; gives its path. */
  readonly configure: (address: string | undefined, connectSeconds: number | undefined) => Promise<string>;
  readonly closeAgents: () => void;
  readonly dispose: () => void;
}

async function prepare(
  node: Node,
  { credentials, knownHosts, keepaliveSeconds }: DialOptions,
  environment: NodeJS.ProcessEnv,
  clear: (ssh: string) => Promise<void>,
): Promise<Preparation> {
  const programs = await findPrograms(environment);
  const chain = chainOf(node.jump);
  const hops: Hop[] = [...chain.map((_, index) => lastHop(chain.slice(0, index + 1), node.knownHosts)), node];
  const route = await Promise.all(
    hops.map(async (hop) => ({
      hop,
      knowledge: await knownHosts.lookUp(hop.knownHosts, hop.host, hop.port),
    })),
  );
  await clear(programs.ssh);
  const folder = await makeRuntimeFolder();
  const agents: { close(): void }[] = [];
  const closeAgents = (): void => agents.forEach((agent) => agent.close());
  const dispose = (): void => {
    closeAgents();
    folder.remove();
  };
  try {
    const identities: (readonly Setting[])[] = [];
    for (const [index, { hop }] of route.entries()) {
      const identity = await prepareIdentity(hop.credential, credentials, folder, String(index)).catch(
        (error: unknown) => {
          throw error instanceof SshFailure && hop !== node ? onTheWay(hop, error) : error;
        },
      );
      identities.push(identity.settings);
      if (identity.agent !== undefined) agents.push(identity.agent);
    }
    const way = (index: number, address: string | undefined, connectSeconds: number | undefined) => ({
      hop: hops[index] ?? node,
      address,
      identity: identities[index] ?? [],
      socket: index === hops.length - 1 ? join(folder.path, SOCKET) : undefined,
      proxyCommand: index === 0 ? undefined : passOn(programs.ssh, folder.path, index - 1, hops[index - 1]),
      keepaliveSeconds,
      connectSeconds,
    });
    await folder.write(SESSION_CONFIG, sessionConfig(join(folder.path, SOCKET)));
    for (const index of hops.keys()) {
      if (index < hops.length - 1)
        await folder.write(configName(index), clientConfig(way(index, undefined, JUMP_SECONDS)));
    }
    const configure = (address: string | undefined, connectSeconds: number | undefined): Promise<string> =>
      folder.write(configName(hops.length - 1), clientConfig(way(hops.length - 1, address, connectSeconds)));
    return { programs, folder, route, configure, closeAgents, dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

const SESSION_CONFIG = 'session';
const configName = (index: number): string => `config-${index}`;
const logName = (index: number): string => `log-${index}`;

/** The command of the shell that logs in to a jump host and passes bytes on to the server behind it. */
function passOn(ssh: string, folder: string, index: number, hop: Hop | undefined): string {
  const files = ['-F', join(folder, configName(index)), '-E', join(folder, logName(index))];
  const words = [ssh, ...files].map((word) => quote(word).replaceAll('%', '%%'));
  return [...words, '-W', '[%h]:%p', '--', quote(hop?.host ?? '')].join(' ');
}

/** One login, at one address. */
async function attempt(
  node: Node,
  address: string | undefined,
  connectSeconds: number | undefined,
  preparation: Preparation,
  starts: LimitFunction,
  options: DialOptions,
): Promise<Connection> {
  const { clock, signal } = options;
  const { programs, folder, route } = preparation;
  const configFile = await preparation.configure(address, connectSeconds);
  const hasHelpers = route.length > 1 || node.credential.sshConfig !== undefined;
  clock.enter('queue');
  const started = starts(async () => {
    if (signal.aborted) throw dialAborted(clock, signal);
    clock.enter(address !== undefined || isIP(node.host) !== 0 ? 'connect' : 'resolve');
    const master = new Master(programs, configFile, node.host, hasHelpers);
    await unlessAborted(firstWord(master), signal);
    return master;
  });
  const master = await orAborted(started, options, (late) => late.kill());
  return new Promise((resolve, reject) => {
    const stop = [
      master.onLine((line) => onLine(line)),
      master.onEnd(() => {
        fail(diagnose(master.log));
      }),
    ];
    const onAbort = (): void => fail(jumpFailure(true) ?? dialAborted(clock, signal));
    signal.addEventListener('abort', onAbort, { once: true });
    const unlisten = (): void => {
      stop.forEach((one) => one());
      signal.removeEventListener('abort', onAbort);
      clock.stop();
    };
    const fail = (failure: SshFailure): void => {
      unlisten();
      master.kill();
      reject(failure);
    };
    const jumpFailure = (timedOut: boolean): SshFailure | undefined =>
      readJumpLogs(route, (index) => join(folder.path, logName(index)), timedOut);
    const diagnose = (log: readonly string[]): SshFailure => {
      const { hop, knowledge } = route.at(-1) ?? { hop: node, knowledge: { keys: [], revoked: [] } };
      return jumpFailure(false) ?? failureOfLogin(log, hop, knowledge);
    };
    const onLine = (line: string): void => {
      const stage = stageOf(line);
      if (stage === undefined || master.ended) return;
      if (stage !== 'ready') {
        if (stage !== clock.current) clock.enter(stage);
        return;
      }
      const socket = join(folder.path, SOCKET);
      if (!existsSync(socket)) {
        fail(new SshFailure('internal', `OpenSSH made no control socket at ${socket}.`));
        return;
      }
      unlisten();
      master.forgetLog();
      const sessions = join(folder.path, SESSION_CONFIG);
      resolve(new Connection(muxTransport(master, programs.ssh, sessions, () => folder.remove())));
    };
    // What came before anybody listened.
    for (const line of [...master.log]) onLine(line);
    if (signal.aborted) onAbort();
  });
}

function firstWord(master: Master): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      stopLine();
      stopEnd();
      resolve();
    };
    let stopEnd = (): unknown => undefined;
    const stopLine = master.onLine(settle);
    stopEnd = master.onEnd(settle);
  });
}

/** A failure of a jump host's own, as the node behind it sees it. */
function onTheWay(hop: Hop, { message }: SshFailure): SshFailure {
  return new SshFailure('jump', `The jump host ${hop.name} cannot be used. ${message}`);
}

/** Waits, but not past the abort; what comes after it is thrown away. */
async function orAborted<T>(
  promise: Promise<T>,
  { clock, signal }: DialOptions,
  dispose: (late: T) => void,
): Promise<T> {
  const held = promise.then((value) => ({ value }));
  const ended = await unlessAborted(held, signal);
  if (ended !== undefined) return ended.value;
  held.then(
    ({ value }) => dispose(value),
    () => undefined,
  );
  throw dialAborted(clock, signal);
}
