import pLimit from 'p-limit';
import { abortReason, unlessAborted } from '../core/deadline.js';
import type { Exec, ExecOptions, ExecPhases, ExecResult } from '../core/exec.js';
import type { FailureReason } from '../core/failure.js';
import type { Logger } from '../core/logger.js';
import type { Node } from '../inventory/node.js';
import { backoffSeconds } from './backoff.js';
import type { Connection } from './connection.js';
import { type CredentialStore, createCredentialStore } from './credential-store.js';
import { dial, dialTimeout } from './dial.js';
import { createKnownHostsFiles, type KnownHostsFiles } from './known-hosts-files.js';
import { PhaseClock, sumPhases } from './phase-clock.js';
import type { SessionResult } from './session.js';
import { SshFailure } from './ssh-failure.js';

export interface PoolLimits {
  readonly concurrentDials: number;
  readonly dialTimeoutSeconds: number;
  readonly keepaliveSeconds: number;
  readonly idleSeconds: number;
  readonly connectionAgeSeconds: number;
}

export interface PoolOptions {
  readonly limits: PoolLimits;
  readonly logger: Logger;
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
  readonly promise: Promise<Connection>;
  readonly abort: AbortController;
}

interface Backoff {
  readonly failure: SshFailure;
  readonly failures: number;
  /** On the clock of performance.now(), in milliseconds. */
  readonly until: number;
}

/** What is held for one way of reaching a host; nodes that are reached the same way share it. */
interface Slot {
  connection: Connection | undefined;
  dial: Dial | undefined;
  backoff: Backoff | undefined;
  maxAgeSeconds: number;
}

const SWEEP_SECONDS = 5;

/**
 * At most one connection a node, kept open between probes. Dials are single-flight and paced: after a failed one, probes
 * fail at once with the same reason until the backoff ends, so that no node and no log is hammered. No lock is shared between
 * nodes: a dead one costs the others nothing but its place among the concurrent dials.
 */
export class Pool {
  #limits: PoolLimits;
  readonly #logger: Logger;
  readonly #onDial: (reason: FailureReason, seconds: number) => void;
  readonly #credentials: CredentialStore = createCredentialStore();
  readonly #knownHosts: KnownHostsFiles = createKnownHostsFiles();
  readonly #slots = new Map<string, Slot>();
  readonly #dials;
  readonly #sweeper: NodeJS.Timeout;

  constructor({ limits, logger, onDial }: PoolOptions) {
    this.#limits = limits;
    this.#logger = logger;
    this.#onDial = onDial ?? (() => undefined);
    this.#dials = pLimit(limits.concurrentDials);
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_SECONDS * 1000).unref();
  }

  /** The way to one node. Cheap: nothing is opened before the first command. */
  execFor(node: Node): Exec {
    return { exec: (command, options) => this.#exec(node, command, options) };
  }

  /**
   * Takes over a new configuration: connections that no node uses any more are closed, all others stay; every backoff ends,
   * since whoever reloads has probably mended something.
   */
  reconcile(nodes: readonly Node[], limits: PoolLimits): void {
    this.#limits = limits;
    this.#dials.concurrency = limits.concurrentDials;
    const wanted = new Set(nodes.map(slotKey));
    for (const [key, slot] of this.#slots) {
      slot.backoff = undefined;
      if (!wanted.has(key)) this.#drop(key, slot, 'the node left the configuration');
    }
  }

  /** Closes every connection and ends every dial. */
  close(): void {
    clearInterval(this.#sweeper);
    for (const [key, slot] of this.#slots) this.#drop(key, slot, 'the exporter stops');
  }

  states(): PoolStates {
    const now = performance.now();
    let dialing = 0;
    let ready = 0;
    let backoff = 0;
    for (const slot of this.#slots.values()) {
      if (slot.dial !== undefined) dialing++;
      else if (slot.connection?.closed === false) ready++;
      else if (slot.backoff !== undefined && slot.backoff.until > now) backoff++;
    }
    return { dialing, ready, backoff };
  }

  async #exec(node: Node, command: string, options: ExecOptions): Promise<ExecResult> {
    const slot = this.#slotFor(node);
    const kept = this.#usable(slot);
    if (kept !== undefined) {
      const result = await kept.exec(command, options);
      // The kept connection had died unnoticed; nothing has been answered, so a fresh one may try once.
      if (!result.neverStarted || options.signal.aborted) {
        return ended(result, true, sumPhases(result.phases));
      }
    }
    return this.#execFresh(node, slot, command, options);
  }

  async #execFresh(node: Node, slot: Slot, command: string, options: ExecOptions): Promise<ExecResult> {
    const { backoff } = slot;
    if (slot.dial === undefined && backoff !== undefined && backoff.until > performance.now()) {
      const wait = Math.ceil((backoff.until - performance.now()) / 1000);
      return failed(backoff.failure, sumPhases(), ` Next attempt in ${wait} s.`);
    }
    const current = (slot.dial ??= this.#startDial(node, slot));
    try {
      const connection = await unlessAborted(current.promise, options.signal);
      const dialPhases = current.clock.read();
      if (connection === undefined) {
        return failed(abortFailure(node, options.signal, current.clock), sumPhases(dialPhases));
      }
      const result = await connection.exec(command, options);
      return ended(result, false, sumPhases(dialPhases, result.phases));
    } catch (error) {
      return failed(asFailure(node, error), sumPhases(current.clock.read()));
    }
  }

  /** Begins the one dial of a slot. It goes on when the probe that wanted it has left, so that the next one finds it done. */
  #startDial(node: Node, slot: Slot): Dial {
    const clock = new PhaseClock('queue');
    const abort = new AbortController();
    const promise = this.#dials(() => this.#dial(node, slot, clock, abort)).finally(() => {
      clock.stop();
      slot.dial = undefined;
    });
    // Whoever waits handles the failure; when everybody has left, nobody need.
    promise.catch(() => undefined);
    return { clock, abort, promise };
  }

  async #dial(node: Node, slot: Slot, clock: PhaseClock, abort: AbortController): Promise<Connection> {
    const startedAt = performance.now();
    const { dialTimeoutSeconds, keepaliveSeconds, connectionAgeSeconds } = this.#limits;
    const timer = setTimeout(() => abort.abort('deadline'), dialTimeoutSeconds * 1000);
    try {
      const connection = await dial(node, {
        credentials: this.#credentials,
        knownHosts: this.#knownHosts,
        keepaliveSeconds,
        clock,
        signal: abort.signal,
      });
      slot.connection = connection;
      slot.backoff = undefined;
      slot.maxAgeSeconds = connectionAgeSeconds * (0.9 + Math.random() * 0.2);
      this.#onDial('none', (performance.now() - startedAt) / 1000);
      this.#logger.debug({ node: node.name }, 'connected');
      if (abort.signal.aborted) connection.destroy('the exporter stops');
      return connection;
    } catch (error) {
      const failure = asFailure(node, error);
      const failures = (slot.backoff?.failures ?? 0) + 1;
      const wait = backoffSeconds(failure.reason, failures, Math.random());
      this.#onDial(failure.reason, (performance.now() - startedAt) / 1000);
      if (slot.backoff?.failure.reason !== failure.reason) {
        this.#logger.warn(
          { node: node.name, reason: failure.reason, detail: failure.message },
          'cannot connect',
        );
      }
      slot.backoff = { failure, failures, until: performance.now() + wait * 1000 };
      throw failure;
    } finally {
      clearTimeout(timer);
    }
  }

  #slotFor(node: Node): Slot {
    const key = slotKey(node);
    let slot = this.#slots.get(key);
    if (slot === undefined) {
      slot = { connection: undefined, dial: undefined, backoff: undefined, maxAgeSeconds: Infinity };
      this.#slots.set(key, slot);
    }
    return slot;
  }

  /** The kept connection, unless it is gone or too old; an old one closes by itself when it is idle. */
  #usable(slot: Slot): Connection | undefined {
    const { connection } = slot;
    if (connection === undefined || connection.closed) return undefined;
    if (connection.ageSeconds < slot.maxAgeSeconds) return connection;
    slot.connection = undefined;
    closeWhenIdle(connection);
    return undefined;
  }

  #sweep(): void {
    for (const slot of this.#slots.values()) {
      const { connection } = slot;
      if (connection !== undefined && connection.idleSeconds > this.#limits.idleSeconds) {
        slot.connection = undefined;
        connection.destroy('it was idle');
      }
    }
  }

  #drop(key: string, slot: Slot, because: string): void {
    this.#slots.delete(key);
    slot.dial?.abort.abort('cancelled');
    slot.connection?.destroy(because);
  }
}

function closeWhenIdle(connection: Connection): void {
  if (connection.idleSeconds > 0) connection.destroy('it was old');
  else setTimeout(() => closeWhenIdle(connection), 1000).unref();
}

/** Nodes whose keys are equal are reached in the same way and may share a connection. */
function slotKey({ host, port, credential, knownHosts }: Node): string {
  return JSON.stringify([
    host,
    port,
    credential.user,
    credential.keyFile,
    credential.agent,
    credential.passphrase,
    knownHosts,
  ]);
}

function abortFailure(node: Node, signal: AbortSignal, clock: PhaseClock): SshFailure {
  if (abortReason(signal) === 'cancelled')
    return new SshFailure('cancelled', 'Nobody waited for the answer any more.');
  return dialTimeout(node, clock.current);
}

function asFailure(node: Node, error: unknown): SshFailure {
  if (error instanceof SshFailure) return error;
  return new SshFailure('internal', `${node.name}: the exporter failed while connecting; this is a bug.`, {
    cause: error,
  });
}

function ended(result: SessionResult, connectionReused: boolean, phases: ExecPhases): ExecResult {
  const { reason, message, exitCode, stdout, stderr } = result;
  return { reason, message, exitCode, stdout, stderr, connectionReused, phases };
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
