import pLimit from 'p-limit';
import { unlessAborted } from '../core/deadline.js';
import type { Exec, ExecOptions, ExecPhase, ExecPhases, ExecResult } from '../core/exec.js';
import type { FailureReason } from '../core/failure.js';
import type { Logger } from '../core/logger.js';
import type { JumpHost, Node } from '../inventory/node.js';
import { connectNode } from './connect-node.js';
import type { Connection } from './connection.js';
import { createCredentialStore, type CredentialStore } from './credential-store.js';
import { dial, type DialOptions } from './dial.js';
import { dialAborted } from './dial-failures.js';
import { type Hop, hopKey } from './hop.js';
import { hostKeyOf } from './host-key-of.js';
import { JumpHosts } from './jump-hosts.js';
import { createKnownHostsFiles } from './known-hosts-files.js';
import type { KeptConnection, NodeConnection } from './node-connection.js';
import { PhaseClock, subtractPhases, sumPhases } from './phase-clock.js';
import { NOBODY, type PoolHealth, type PoolObserver } from '../core/pool-observer.js';
import { createResolver } from './resolver.js';
import type { Attempt } from '../core/attempt.js';
import type { SessionResult } from './session.js';
import { Slot, type SlotListener } from './slot.js';
import { asFailure, SshFailure } from './ssh-failure.js';
import type { Stage } from './stage.js';
import { directly, type Way } from './way.js';

export interface PoolLimits {
  readonly concurrentLogins: number;
  readonly dialTimeoutSeconds: number;
  readonly keepaliveSeconds: number;
  readonly idleSeconds: number;
  readonly connectionAgeSeconds: number;
}

export interface PoolOptions {
  readonly limits: PoolLimits;
  readonly logger: Logger;
  /** What logs in; by default what the credentials of the configuration name. */
  readonly credentials?: CredentialStore;
  readonly observer?: PoolObserver;
}

export interface PoolStates {
  readonly dialing: number;
  readonly ready: number;
  readonly backoff: number;
}

const SWEEP_SECONDS = 5;
const STOPPED = new SshFailure('cancelled', 'The exporter stops.');

/**
 * At most one connection a node, kept open between probes. Dials are single-flight and paced: after a failed one, probes
 * fail at once with the same reason until the backoff ends, so that no node and no log is hammered. Nodes share no lock: a
 * dead one costs the others nothing. Nodes behind a jump host share the connection to it, which is kept in the same way.
 */
export class Pool {
  #limits: PoolLimits;
  #closed = false;
  readonly #logger: Logger;
  readonly #observer: PoolObserver;
  readonly #credentials: CredentialStore;
  readonly #knownHosts = createKnownHostsFiles();
  readonly #jumps: JumpHosts;
  readonly #slots = new Map<string, Slot<NodeConnection>>();
  /** Every connection that is open, those included that no slot holds any more. */
  readonly #connections = new Set<KeptConnection>();
  readonly #logins;
  readonly #sweeper: NodeJS.Timeout;

  constructor({ limits, logger, credentials, observer }: PoolOptions) {
    this.#credentials = credentials ?? createCredentialStore();
    this.#limits = limits;
    this.#logger = logger;
    this.#observer = observer ?? NOBODY;
    this.#logins = pLimit(limits.concurrentLogins);
    this.#jumps = new JumpHosts({
      direct: directly(createResolver()),
      dial: async (hop, way, stage) => {
        const connection = await dial(hop, this.#dialOptions(way, stage));
        this.#keep(connection, stage);
        return connection;
      },
      bounds: () => this.#limits,
      listener: (jump) => this.#jumpListener(jump),
    });
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_SECONDS * 1000).unref();
  }

  /** The way to one node. Cheap: nothing is opened before the first command. */
  execFor(node: Node): Exec {
    return { exec: (command, options) => this.#exec(node, command, options) };
  }

  /**
   * Tries over the kept connection of a node what a restricted key must not be able to do.
   *
   * @returns undefined when there is no connection, or what speaks SSH cannot try
   */
  async tryRestrictions(node: Node): Promise<readonly Attempt[] | undefined> {
    return this.#slotOf(node).usable()?.tryRestrictions();
  }

  /**
   * The key that a host presents, jump hosts on its way verified as ever. Nobody vouches for it.
   *
   * @throws {SshFailure} when the host cannot be reached or is no SSH server
   */
  async hostKeyOf(hop: Hop, signal: AbortSignal): Promise<Buffer> {
    const way = this.#jumps.wayThrough(hop.jump, hop.knownHosts);
    const nothing = { keys: [], revoked: [] };
    const known = await this.#knownHosts.lookUp(hop.knownHosts, hop.host, hop.port).catch(() => nothing);
    return hostKeyOf(hop, way, known, { clock: new PhaseClock('queue'), signal, lastReason: undefined });
  }

  /**
   * Takes over a new configuration: connections that no node uses any more close when their last command has ended, all
   * others stay, with the keepalive and age that they were made with; every backoff ends, since whoever reloads has
   * probably mended something.
   */
  reconcile(nodes: readonly Node[], limits: PoolLimits): void {
    this.#limits = limits;
    this.#logins.concurrency = limits.concurrentLogins;
    const wanted = new Set(nodes.map(hopKey));
    for (const [key, slot] of this.#slots) {
      slot.forgive();
      if (wanted.has(key)) continue;
      this.#slots.delete(key);
      slot.leave();
    }
    this.#jumps.reconcile(nodes);
  }

  /** Closes every connection, ends every dial, and opens nothing any more. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#sweeper);
    for (const slot of this.#slots.values()) slot.dial?.deadline.cancel();
    this.#slots.clear();
    this.#jumps.close();
    for (const connection of this.#connections) connection.destroy('the exporter stops', 'shutdown');
  }

  /** Nodes by state of their connection; those without any are in none. */
  states(): PoolStates {
    let dialing = 0;
    let ready = 0;
    let backoff = 0;
    for (const slot of this.#slots.values()) {
      if (slot.dial !== undefined) dialing++;
      else if (slot.connection?.usable === true) ready++;
      else if (slot.backoff !== undefined) backoff++;
    }
    return { dialing, ready, backoff };
  }

  health(): PoolHealth {
    const now = performance.now();
    const backoff = new Map<FailureReason, number>();
    let longest = 0;
    for (const { backoff: wait } of this.#slots.values()) {
      if (wait === undefined) continue;
      const { reason } = wait.failure;
      backoff.set(reason, (backoff.get(reason) ?? 0) + 1);
      longest = Math.max(longest, (wait.until - now) / 1000);
    }
    const ages = [...this.#connections].map(({ ageSeconds }) => ageSeconds);
    return {
      backoff,
      longestBackoffSeconds: longest,
      queuedLogins: this.#logins.pendingCount,
      oldestConnectionSeconds: ages.length === 0 ? undefined : Math.max(...ages),
      jumps: this.#jumps.health(),
    };
  }

  async #exec(node: Node, command: string, options: ExecOptions): Promise<ExecResult> {
    const first = this.#slotOf(node).usable();
    if (first === undefined) return this.#execFresh(node, command, options);
    this.#observer.commanded('kept');
    const result = await first.exec(command, options);
    if (!result.unanswered || options.signal.aborted || this.#closed)
      return ended(result, true, result.phases);

    // The kept connection had died unnoticed and nothing has been answered, so one more try is safe: what pipefleet
    // asks of a node may be asked twice. By now another probe
    // may have found that out and dialled.
    const second = this.#slotOf(node).usable();
    if (second === undefined) return this.#execFresh(node, command, options, result.phases);
    this.#observer.commanded('kept');
    const again = await second.exec(command, options);
    return ended(again, true, result.phases, again.phases);
  }

  /** @param before what the probe has spent already */
  async #execFresh(
    node: Node,
    command: string,
    options: ExecOptions,
    before: Partial<Record<ExecPhase, number>> = {},
  ): Promise<ExecResult> {
    if (this.#closed) return failed(STOPPED, sumPhases(before), 0);
    const slot = this.#slotOf(node);
    const { backoff } = slot;
    if (slot.dial === undefined && backoff !== undefined) {
      const wait = waitOf(slot);
      const { message, reason } = backoff.failure;
      const next = ` Next attempt in ${Math.ceil(wait)} s.`;
      return failed({ reason, message: message + next }, sumPhases(before), wait);
    }
    const { promise, clock } = slot.join(this.#limits, (stage) => this.#connect(node, stage));
    // A probe that joins a dial has not spent what the dial had spent by then.
    const joinedAt = clock.read();
    const spent = (): Partial<Record<ExecPhase, number>> => subtractPhases(clock.read(), joinedAt);
    try {
      const connection = await unlessAborted(promise, options.signal);
      const dialled = spent();
      if (connection === undefined) {
        return failed(dialAborted(clock, options.signal), sumPhases(before, dialled), waitOf(slot));
      }
      this.#observer.commanded('new');
      const result = await connection.exec(command, options);
      return ended(result, false, before, dialled, result.phases);
    } catch (error) {
      return failed(asFailure(error), sumPhases(before, spent()), waitOf(slot));
    }
  }

  async #connect(node: Node, stage: Stage): Promise<NodeConnection> {
    const way = this.#jumps.wayThrough(node.jump, node.knownHosts);
    const connection = await connectNode(node, this.#dialOptions(way, stage));
    this.#keep(connection, stage);
    return connection;
  }

  #dialOptions(way: Way, stage: Stage): DialOptions {
    return {
      ...stage,
      way,
      credentials: this.#credentials,
      knownHosts: this.#knownHosts,
      keepaliveSeconds: this.#limits.keepaliveSeconds,
      admit: (login) => this.#admit(login),
    };
  }

  /** Runs a login when there is a place for it. */
  #admit<T>(login: () => Promise<T>): Promise<T> {
    const askedAt = performance.now();
    return this.#logins(async () => {
      const startedAt = performance.now();
      this.#observer.queued((startedAt - askedAt) / 1000);
      const connection = await login();
      this.#observer.loggedIn((performance.now() - startedAt) / 1000);
      return connection;
    });
  }

  /**
   * Watches over a connection from the moment at which it is made.
   *
   * @throws {SshFailure} when nobody wants it any more
   */
  #keep(connection: KeptConnection, { clock, signal }: Stage): void {
    if (signal.aborted) {
      connection.destroy('nobody wants it any more', 'reload');
      throw dialAborted(clock, signal);
    }
    this.#connections.add(connection);
    connection.watch((_because, cause) => {
      this.#connections.delete(connection);
      this.#observer.closed(cause, connection.ageSeconds);
    });
  }

  #slotOf(node: Node): Slot<NodeConnection> {
    const key = hopKey(node);
    let slot = this.#slots.get(key);
    if (slot === undefined) {
      slot = new Slot(this.#nodeListener(node));
      this.#slots.set(key, slot);
    }
    return slot;
  }

  #nodeListener(node: Node): SlotListener<NodeConnection> {
    return {
      connected: (_connection, seconds, after) => {
        this.#observer.dialled('none', seconds);
        if (after !== undefined && after.retryAt === undefined)
          this.#logger.info({ node: node.name }, 'connected again');
      },
      failed: (failure, seconds, after) => {
        this.#observer.dialled(failure.reason, seconds);
        // Said once, not at every attempt; and once a jump host, not for each node behind it.
        if (after?.reason !== failure.reason && failure.retryAt === undefined)
          this.#logger.warn({ node: node.name, ...factsOf(node, failure) }, 'cannot connect');
      },
    };
  }

  #jumpListener(jump: JumpHost): SlotListener<Connection> {
    return {
      connected: (_connection, seconds, after) => {
        this.#observer.jumpDialled(jump.name, 'none', seconds);
        if (after !== undefined) this.#logger.info({ jump: jump.name }, 'connected again');
      },
      failed: (failure, seconds, after) => {
        this.#observer.jumpDialled(jump.name, failure.reason, seconds);
        if (after?.reason !== failure.reason)
          this.#logger.warn({ jump: jump.name, ...factsOf(jump, failure) }, 'cannot connect');
      },
    };
  }

  #sweep(): void {
    for (const connection of this.#connections) {
      if (connection.idleSeconds > this.#limits.idleSeconds) connection.destroy('it was idle', 'idle');
    }
  }
}

/** Seconds until a slot is dialled again; 0 when it does not wait. */
function waitOf({ backoff }: Slot<NodeConnection>): number {
  return backoff === undefined ? 0 : Math.max(0, (backoff.until - performance.now()) / 1000);
}

/** What a log line says of a failure. */
function factsOf(
  { host, port }: Pick<Hop, 'host' | 'port'>,
  { reason, message, cause }: SshFailure,
): Record<string, unknown> {
  return { host, port, reason, detail: message, ...(reason === 'internal' ? { err: cause } : {}) };
}

function ended(
  result: SessionResult,
  connectionReused: boolean,
  ...phases: readonly Partial<Record<ExecPhase, number>>[]
): ExecResult {
  const { reason, message, exitCode, stdout, stderr } = result;
  return {
    reason,
    message,
    exitCode,
    stdout,
    stderr,
    connectionReused,
    phases: sumPhases(...phases),
    retryAfterSeconds: 0,
  };
}

function failed(
  { reason, message }: Pick<ExecResult, 'reason' | 'message'>,
  phases: ExecPhases,
  retryAfterSeconds: number,
): ExecResult {
  return {
    reason,
    message,
    exitCode: undefined,
    stdout: '',
    stderr: '',
    connectionReused: false,
    phases,
    retryAfterSeconds,
  };
}
