import { COLLECTORS } from '../collectors/registry.js';
import type { ProbeTools } from '../cli/probe.js';
import { createLogger } from '../core/logger.js';
import { COLUMNS } from '../http/landing/columns.js';
import { figuresOf } from '../http/landing/figures.js';
import { renderProbe } from '../metrics/probe-exposition.js';
import { Prober } from '../scrape/prober.js';
import { Pool } from '../ssh/pool.js';
import { gatesOf } from '../gate/gates-of.js';

/** The layers that `pipefleet probe` uses, wired for one probe. */
export const probeTools: ProbeTools = {
  withProber: async (config, use) => {
    const logger = createLogger('silent');
    const pool = new Pool({ limits: config.limits, logger });
    const gates = gatesOf(config);
    const prober = new Prober({
      collectors: COLLECTORS,
      execFor: (node) => pool.execFor(node),
      gateDigest: (node) => gates(node).digest,
      limits: config.limits,
      logger,
    });
    try {
      return await use(prober);
    } finally {
      pool.close();
    }
  },
  exposition: (node, outcome) => renderProbe(outcome, node.location, COLLECTORS),
  figures: ({ collectors }) => {
    const figures = figuresOf(collectors);
    return COLUMNS.flatMap(({ key, label }) => {
      const figure = key in figures ? figures[key as keyof typeof figures] : undefined;
      return figure?.value === undefined ? [] : [[label, figure.text] as const];
    });
  },
};
