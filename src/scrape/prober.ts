import { type Batch, buildBatch } from '../collectors/batch.js';
import type { Collector } from '../collectors/collector.js';
import { startDeadline, type Deadline } from '../core/deadline.js';
import type { Exec } from '../core/exec.js';
import type { Logger } from '../core/logger.js';
import type { Module, Node } from '../inventory/node.js';
import type { ProbeOutcome } from './outcome.js';
import type { Ways } from './ask-node.js';
import { LargeAnswers } from './large-answers.js';
import { probeNode } from './probe-node.js';

export interface ProberLimits {
  readonly concurrentProbes: number;
  readonly outputBytes: number;
}

export interface ProberOptions {
  readonly collectors: readonly Collector[];
  readonly execFor: (node: Node) => Exec;
  /** SHA-256 of the gate that a node should have, in hexadecimal; nothing is said of whether it has it when left out. */
  readonly gateDigest?: (node: Node) => string | undefined;
  readonly limits: ProberLimits;
  readonly logger: Logger;
  /** Told of every probe that ended, once however many asked for it. */
  readonly onOutcome?: (outcome: ProbeOutcome) => void;
  /** Told of every question that an already running probe answers. */
  readonly onJoined?: () => void;
}

export interface ProbeOptions {
  readonly timeoutSeconds: number;
  /** Aborted when whoever asked has left. */
  readonly signal?: AbortSignal;
}

/** As many probes run as the limits allow. Nothing is queued: whoever asks is told to come back. */
export class SaturatedError extends Error {
  constructor() {
    super('As many probes are running as the limits allow.');
    this.name = 'SaturatedError';
  }
}

interface Running {
  readonly node: Node;
  readonly deadline: Deadline;
  /** On the clock of performance.now(), in milliseconds. */
  readonly endsAt: number;
  readonly outcome: Promise<ProbeOutcome>;
  waiting: number;
}

/**
 * Answers questions about nodes. Two scrapers that ask for the same node and module at the same time share one probe; a probe
 * for which nobody waits any more is cancelled.
 */
export class Prober {
  readonly #options: ProberOptions;
  #limits: ProberLimits;
  readonly #running = new Map<string, Running>();
  readonly #ways: Ways = new WeakMap();
  readonly #largeAnswers = new LargeAnswers();
  readonly #batches = new WeakMap<Module, Map<string, Batch>>();
  #inFlight = 0;

  constructor(options: ProberOptions) {
    this.#options = options;
    this.#limits = options.limits;
  }

  /** Probes that run now. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Takes over the limits of a new configuration; running probes keep theirs. */
  setLimits(limits: ProberLimits): void {
    this.#limits = limits;
  }

  /**
   * Probes a node. What the node does wrong is in the outcome.
   *
   * @throws {SaturatedError} when too many probes run
   */
  async probe(node: Node, module: Module, { timeoutSeconds, signal }: ProbeOptions): Promise<ProbeOutcome> {
    const key = `${module.name}\0${node.name}`;
    let running = this.#running.get(key);
    // A probe that may take longer than we can wait is no help to us.
    const joins =
      running?.node === node &&
      !running.deadline.signal.aborted &&
      running.endsAt <= performance.now() + timeoutSeconds * 1000;
    if (running !== undefined && joins) this.#options.onJoined?.();
    else running = this.#start(key, node, module, timeoutSeconds);

    const mine = running;
    mine.waiting++;
    const leave = (): void => {
      if (--mine.waiting === 0) mine.deadline.cancel();
    };
    if (signal?.aborted === true) leave();
    else signal?.addEventListener('abort', leave, { once: true });
    try {
      return await mine.outcome;
    } finally {
      signal?.removeEventListener('abort', leave);
    }
  }

  #start(key: string, node: Node, module: Module, timeoutSeconds: number): Running {
    if (this.#inFlight >= this.#limits.concurrentProbes) throw new SaturatedError();
    this.#inFlight++;
    const { collectors, execFor, gateDigest, logger, onOutcome } = this.#options;
    const deadline = startDeadline(timeoutSeconds);
    const wanted = collectors.filter(({ name }) => module.collectors.includes(name));
    const outcome = probeNode({
      node,
      module: module.name,
      collectors: wanted,
      batch: this.#batchFor(module, wanted, node),
      exec: execFor(node),
      ways: this.#ways,
      largeAnswers: this.#largeAnswers,
      expectedGate: gateDigest?.(node),
      signal: deadline.signal,
      maxOutputBytes: this.#limits.outputBytes,
      logger,
    });
    const running: Running = {
      node,
      deadline,
      endsAt: performance.now() + timeoutSeconds * 1000,
      waiting: 0,
      outcome: outcome
        .then((ended) => {
          onOutcome?.(ended);
          return ended;
        })
        .finally(() => {
          deadline.clear();
          this.#inFlight--;
          if (this.#running.get(key) === running) this.#running.delete(key);
        }),
    };
    this.#running.set(key, running);
    return running;
  }

  /** Nodes with the same settings share one batch. */
  #batchFor(module: Module, collectors: readonly Collector[], { software }: Node): Batch {
    let batches = this.#batches.get(module);
    if (batches === undefined) this.#batches.set(module, (batches = new Map<string, Batch>()));
    const key = JSON.stringify(software);
    let batch = batches.get(key);
    if (batch === undefined) batches.set(key, (batch = buildBatch(collectors, software)));
    return batch;
  }
}
