import pLimit from 'p-limit';
import { type Deadline, startDeadline, unlessAborted } from '../core/deadline.js';
import type { Exec, ExecOptions, ExecPhase, ExecPhases, ExecResult } from '../core/exec.js';
import type { FailureReason } from '../core/failure.js';
import type { Logger } from '../core/logger.js';
import type { Node } from '../inventory/node.js';
import { backoffSeconds } from './backoff.js';
import { createCredentialStore, type CredentialStore } from './credential-store.js';
import { dial } from './dial.js';
import { dialAborted } from './dial-failures.js';
import { createKnownHostsFiles } from './known-hosts-files.js';
import { hopKey } from './hop.js';
import type { NodeConnection } from './node-connection.js';
import { opensshDialler } from './openssh/dial-openssh.js';
import { PhaseClock, subtractPhases, sumPhases } from './phase-clock.js';
import { createResolver } from './resolver.js';
import type { SessionResult } from './session.js';
import { SshFailure } from './ssh-failure.js';

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
  /** Told of every dial that ended, with `none` for success. */
  readonly onDial?: (reason: FailureReason, seconds: number) => void;
}

export interface PoolStates {
  readonly dialing: number;
  readonly ready: number;
  readonly backoff: number;
}

interface Dial {
  readonly clock: PhaseClock;
  readonly promise: Promise<NodeConnection>;
  readonly deadline: Deadline;
}

interface Backoff {
  readonly failure: SshFailure;
  readonly failures: number;
  /** On the clock of performance.now(), in milliseconds. */
  readonly until: number;
}

/** What is held for one way of reaching a host; nodes that are reached in the same way share it. */
interface Slot {
  connection: NodeConnection | undefined;
  dial: Dial | undefined;
  backoff: Backoff | undefined;
  maxAgeSeconds: number;
}

const SWEEP_SECONDS = 5;
const STOPPED = new SshFailure('cancelled', 'The exporter stops.');

/**
 * At most one connection a node, kept open between probes. Dials are single-flight and paced: after a failed one, probes
 * fail at once with the same reason until the backoff ends, so that no node and no log is hammered. Nodes share no lock: a
 * dead one costs the others nothing.
 */
export class Pool {
  #limits: PoolLimits;
  #closed = false;
  readonly #logger: Logger;
  readonly #onDial: (reason: FailureReason, seconds: number) => void;
  readonly #credentials: CredentialStore;
  readonly #knownHosts = createKnownHostsFiles();
  readonly #resolver = createResolver();
  readonly #dialOpenssh = opensshDialler();
  readonly #slots = new Map<string, Slot>();
  /** Every connection that is open, those included that no slot holds any more. */
  readonly #connections = new Set<NodeConnection>();
  readonly #logins;
  readonly #sweeper: NodeJS.Timeout;

  constructor({ limits, logger, credentials, onDial }: PoolOptions) {
    this.#credentials = credentials ?? createCredentialStore();
    this.#limits = limits;
    this.#logger = logger;
    this.#onDial = onDial ?? (() => undefined);
    this.#logins = pLimit(limits.concurrentLogins);
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_SECONDS * 1000).unref();
  }

  /** The way to one node. Cheap: nothing is opened before the first command. */
  execFor(node: Node): Exec {
    return { exec: (command, options) => this.#exec(node, command, options) };
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
      slot.backoff = undefined;
      if (wanted.has(key)) continue;
      this.#slots.delete(key);
      slot.dial?.deadline.cancel();
      slot.connection?.retire('its node left the configuration');
    }
  }

  /** Closes every connection, ends every dial, and opens nothing any more. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#sweeper);
    for (const { dial: running } of this.#slots.values()) running?.deadline.cancel();
    this.#slots.clear();
    for (const connection of this.#connections) connection.destroy('the exporter stops');
  }

  states(): PoolStates {
    const now = performance.now();
    let dialing = 0;
    let ready = 0;
    let backoff = 0;
    for (const slot of this.#slots.values()) {
      if (slot.dial !== undefined) dialing++;
      else if (slot.connection?.usable === true) ready++;
      else if (slot.backoff !== undefined && slot.backoff.until > now) backoff++;
    }
    return { dialing, ready, backoff };
  }

  async #exec(node: Node, command: string, options: ExecOptions): Promise<ExecResult> {
    const first = this.#usable(this.#slotFor(node));
    if (first === undefined) return this.#execFresh(node, command, options);
    const result = await first.exec(command, options);
    if (!result.unanswered || options.signal.aborted || this.#closed)
      return ended(result, true, result.phases);

    // The kept connection had died unnoticed and nothing has been answered, so one more try is safe: what pipefleet
    // asks of a node may be asked twice. By now another probe
    // may have found that out and dialled.
    const second = this.#usable(this.#slotFor(node));
    if (second === undefined) return this.#execFresh(node, command, options, result.phases);
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
    if (this.#closed) return failed(STOPPED, sumPhases(before));
    const slot = this.#slotFor(node);
    const { backoff } = slot;
    if (slot.dial === undefined && backoff !== undefined && backoff.until > performance.now()) {
      const wait = Math.ceil((backoff.until - performance.now()) / 1000);
      return failed(backoff.failure, sumPhases(before), ` Next attempt in ${wait} s.`);
    }
    const { promise, clock } = (slot.dial ??= this.#startDial(node, slot));
    // A probe that joins a dial has not spent what the dial had spent by then.
    const joinedAt = clock.read();
    const spent = (): Partial<Record<ExecPhase, number>> => subtractPhases(clock.read(), joinedAt);
    try {
      const connection = await unlessAborted(promise, options.signal);
      const dialled = spent();
      if (connection === undefined) {
        return failed(dialAborted(clock.current, options.signal), sumPhases(before, dialled));
      }
      const result = await connection.exec(command, options);
      return ended(result, false, before, dialled, result.phases);
    } catch (error) {
      return failed(asFailure(error), sumPhases(before, spent()));
    }
  }

  /** Begins the one dial of a slot. It goes on when the probe that wanted it has left, so that the next one finds it done. */
  #startDial(node: Node, slot: Slot): Dial {
    const clock = new PhaseClock('queue');
    const deadline = startDeadline(this.#limits.dialTimeoutSeconds);
    const promise = this.#dial(node, slot, clock, deadline.signal).finally(() => {
      deadline.clear();
      clock.stop();
      slot.dial = undefined;
    });
    // Whoever waits handles the failure; when everybody has left, nobody need.
    promise.catch(() => undefined);
    return { clock, deadline, promise };
  }

  async #dial(node: Node, slot: Slot, clock: PhaseClock, signal: AbortSignal): Promise<NodeConnection> {
    const startedAt = performance.now();
    const { keepaliveSeconds, connectionAgeSeconds } = this.#limits;
    try {
      const dialNode = node.credential.backend === 'openssh' ? this.#dialOpenssh : dial;
      const connection = await dialNode(node, {
        credentials: this.#credentials,
        knownHosts: this.#knownHosts,
        resolver: this.#resolver,
        suspectName: slot.backoff?.failure.reason === 'dns',
        keepaliveSeconds,
        admit: (login) => this.#logins(login),
        clock,
        signal,
      });
      if (signal.aborted) {
        connection.destroy('nobody wants it any more');
        throw dialAborted('auth', signal);
      }
      this.#keep(slot, connection, connectionAgeSeconds);
      this.#onDial('none', (performance.now() - startedAt) / 1000);
      if (slot.backoff !== undefined) this.#logger.info({ node: node.name }, 'connected again');
      slot.backoff = undefined;
      return connection;
    } catch (error) {
      const failure = asFailure(error);
      if (failure.reason !== 'cancelled')
        this.#noteFailure(node, slot, failure, (performance.now() - startedAt) / 1000);
      throw failure;
    }
  }

  #keep(slot: Slot, connection: NodeConnection, ageSeconds: number): void {
    slot.connection = connection;
    slot.maxAgeSeconds = ageSeconds * (0.9 + Math.random() * 0.2);
    this.#connections.add(connection);
    connection.watch(() => this.#connections.delete(connection));
  }

  #noteFailure(node: Node, slot: Slot, failure: SshFailure, seconds: number): void {
    const { reason, message } = failure;
    this.#onDial(reason, seconds);
    // Said once, not at every attempt.
    if (slot.backoff?.failure.reason !== reason) {
      const cause = reason === 'internal' ? { err: failure.cause } : {};
      this.#logger.warn(
        { node: node.name, host: node.host, port: node.port, reason, detail: message, ...cause },
        'cannot connect',
      );
    }
    const failures = (slot.backoff?.failures ?? 0) + 1;
    const wait = backoffSeconds(reason, failures, Math.random());
    slot.backoff = { failure, failures, until: performance.now() + wait * 1000 };
  }

  #slotFor(node: Node): Slot {
    const key = hopKey(node);
    let slot = this.#slots.get(key);
    if (slot === undefined) {
      slot = { connection: undefined, dial: undefined, backoff: undefined, maxAgeSeconds: Infinity };
      this.#slots.set(key, slot);
    }
    return slot;
  }

  /** The kept connection, unless it is gone or too old. */
  #usable({ connection, maxAgeSeconds }: Slot): NodeConnection | undefined {
    if (connection?.usable !== true) return undefined;
    if (connection.ageSeconds < maxAgeSeconds) return connection;
    connection.retire('it was old');
    return undefined;
  }

  #sweep(): void {
    for (const connection of this.#connections) {
      if (connection.idleSeconds > this.#limits.idleSeconds) connection.destroy('it was idle');
    }
  }
}

function asFailure(error: unknown): SshFailure {
  if (error instanceof SshFailure) return error;
  return new SshFailure('internal', 'The exporter failed while connecting; this is a bug.', { cause: error });
}

function ended(
  result: SessionResult,
  connectionReused: boolean,
  ...phases: readonly Partial<Record<ExecPhase, number>>[]
): ExecResult {
  const { reason, message, exitCode, stdout, stderr } = result;
  return { reason, message, exitCode, stdout, stderr, connectionReused, phases: sumPhases(...phases) };
}

function failed(failure: SshFailure, phases: ExecPhases, addition = ''): ExecResult {
  return {
    reason: failure.reason,
    message: failure.message + addition,
    exitCode: undefined,
    stdout: '',
    stderr: '',
    connectionReused: false,
    phases,
  };
}
