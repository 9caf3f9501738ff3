import { buildBatch } from '../src/collectors/batch.js';
import type { Collector } from '../src/collectors/collector.js';
import { COLLECTORS } from '../src/collectors/registry.js';
import { startDeadline } from '../src/core/deadline.js';
import type { Exec } from '../src/core/exec.js';
import { createLogger } from '../src/core/logger.js';
import type { Node } from '../src/inventory/node.js';
import { renderProbe } from '../src/metrics/probe-exposition.js';
import type { Ways } from '../src/scrape/ask-node.js';
import type { ProbeOutcome } from '../src/scrape/outcome.js';
import { LargeAnswers } from '../src/scrape/large-answers.js';
import { probeNode } from '../src/scrape/probe-node.js';
import { Pool } from '../src/ssh/pool.js';

const logger = createLogger('silent');

/** What a module collects unless somebody asks for more. */
export function collectorsOf(module: string): readonly Collector[] {
  return COLLECTORS.filter(({ module: own, optIn }) => own === module && optIn !== true);
}

/** A pool as the exporter has it, whose connections stay for the length of a benchmark. */
export function openPool(concurrentLogins = 8): Pool {
  const limits = {
    concurrentLogins,
    dialTimeoutSeconds: 10,
    keepaliveSeconds: 60,
    idleSeconds: 600,
    connectionAgeSeconds: 3600,
  };
  return new Pool({ limits, logger });
}

/** A probe as an answer to a scraper. */
export interface Probed {
  readonly outcome: ProbeOutcome;
  readonly text: string;
}

/**
 * Makes the probe of a module of a node as the exporter has it, from the question to the text of the answer: what is the same for every probe
 * is made once, and what was learned of the node is kept.
 *
 * @returns probes by the way that it is given; rejects when the node cannot be probed
 */
export function moduleProbe(node: Node, module = 'node'): (exec: Exec) => Promise<Probed> {
  const collectors = collectorsOf(module);
  const batch = buildBatch(collectors, node.software);
  const ways: Ways = new WeakMap();
  const largeAnswers = new LargeAnswers();
  return async (exec) => {
    const deadline = startDeadline(30);
    const { signal } = deadline;
    const request = { node, module, collectors, batch, exec, ways, largeAnswers, logger };
    const outcome = await probeNode({ ...request, signal, maxOutputBytes: 8_388_608 });
    deadline.clear();
    if (!outcome.success) throw new Error(`The probe failed: ${outcome.message}`);
    return { outcome, text: renderProbe(outcome, node.location, collectors) };
  };
}
