import type { Request, Response } from 'express';
import { EXPOSITION_TYPE } from '../metrics/exposition.js';
import { renderProbe } from '../metrics/probe-exposition.js';
import type { Node } from '../inventory/node.js';
import type { ProbeOutcome } from '../scrape/outcome.js';
import { SaturatedError } from '../scrape/prober.js';
import { renderReport } from '../scrape/report.js';
import { probeTimeout } from '../scrape/timeout.js';
import type { Exporter } from './exporter.js';
import { oneParameter, refuse, shown } from './parameters.js';
import { requestedModule } from './requested-module.js';

const TIMEOUT_HEADER = 'x-prometheus-scrape-timeout-seconds';
/** Seconds after which a saturated exporter is worth another question. */
const RETRY_AFTER = '5';

/**
 * `GET /probe?target=NODE&module=MODULE[&debug=true]`: 200 with an exposition whatever the node did, 400 and 404 for a wrong
 * question, 503 when too many probes run. Target and module are names from the configuration: a request can reach nothing
 * that the configuration does not name.
 */
export function probeRoute(exporter: Exporter) {
  /** Requests that share a probe share its text: thousands of them would render it one after the other. */
  const rendered = new WeakMap<ProbeOutcome, string>();
  const render = (outcome: ProbeOutcome, node: Node): string => {
    const known = rendered.get(outcome);
    if (known !== undefined) return known;
    const exposition = renderProbe(outcome, node.location, exporter.collectors);
    rendered.set(outcome, exposition);
    return exposition;
  };
  return async function probe(request: Request, response: Response): Promise<void> {
    const { inventory, modules, timeoutOffsetSeconds } = exporter.snapshot();
    const target = oneParameter(request, 'target');
    if (target === undefined) {
      refuse(response, 400, 'Say which node: /probe?target=NODE&module=MODULE, each once.');
      return;
    }
    const module = requestedModule(modules, request, response);
    if (module === undefined) return;
    const node = inventory.get(target);
    if (node === undefined) {
      refuse(response, 404, `There is no node ${shown(target)} in the configuration.`);
      return;
    }

    const debug = oneParameter(request, 'debug') === 'true';
    const shared = debug ? undefined : exporter.sharedAnswers.find(node, module);
    if (shared !== undefined) {
      exporter.metrics.recordShared();
      response.set('Content-Type', EXPOSITION_TYPE).send(shared);
      return;
    }
    const timeoutSeconds = probeTimeout(
      request.get(TIMEOUT_HEADER),
      module.timeoutSeconds,
      timeoutOffsetSeconds,
    );
    const left = new AbortController();
    response.once('close', () => {
      // An abort makes an error with a stack, which is dear, and every answer closes.
      if (!response.writableFinished) left.abort();
    });
    try {
      const outcome = await exporter.prober.probe(node, module, { timeoutSeconds, signal: left.signal });
      const exposition = render(outcome, node);
      if (outcome.success) exporter.sharedAnswers.keep(node, module, exposition);
      if (debug) {
        const report = renderReport(node, outcome, true);
        response.type('text/plain').send(`${report}\n── metrics ──\n${exposition}`);
      } else {
        response.set('Content-Type', EXPOSITION_TYPE).send(exposition);
      }
    } catch (error) {
      if (!(error instanceof SaturatedError)) throw error;
      exporter.metrics.recordRejected();
      response.set('Retry-After', RETRY_AFTER);
      refuse(response, 503, `${error.message} Raise limits.concurrent_probes, or scrape less often.`);
    }
  };
}
