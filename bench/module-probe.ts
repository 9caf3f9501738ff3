import { buildBatch } from '../src/collectors/batch.js';
import { COLLECTORS } from '../src/collectors/registry.js';
import { startDeadline } from '../src/core/deadline.js';
import type { Exec } from '../src/core/exec.js';
import { createLogger } from '../src/core/logger.js';
import type { Node } from '../src/inventory/node.js';
import { renderProbe } from '../src/metrics/probe-exposition.js';
import type { Ways } from '../src/scrape/ask-node.js';
import type { ProbeOutcome } from '../src/scrape/outcome.js';
import { probeNode } from '../src/scrape/probe-node.js';
import { Pool } from '../src/ssh/pool.js';

const logger = createLogger('silent');

/** What the module `node` collects unless somebody asks for more. */
export const nodeCollectors = COLLECTORS.filter(({ module, optIn }) => module === 'node' && optIn !== true);

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
 * One probe of the module `node`, from the question to the text of the answer.
 *
 * @param ways what is known of nodes, as {@link probeNode} has it
 * @throws when the node cannot be probed
 */
export async function probeModule(node: Node, exec: Exec, ways: Ways): Promise<Probed> {
  const deadline = startDeadline(30);
  const outcome = await probeNode({
    node,
    module: 'node',
    collectors: nodeCollectors,
    batch: buildBatch(nodeCollectors, node.software),
    exec,
    ways,
    logger,
    maxOutputBytes: 8_388_608,
    signal: deadline.signal,
  });
  deadline.clear();
  if (!outcome.success) throw new Error(`The probe failed: ${outcome.message}`);
  return { outcome, text: renderProbe(outcome, node.location, nodeCollectors) };
}
