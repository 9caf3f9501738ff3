import { loadConfig, type LoadOptions } from '../config/load.js';
import { PipefleetError } from '../core/errors.js';
import { buildInventory } from '../inventory/inventory.js';
import type { Config } from '../config/config.js';
import type { Node } from '../inventory/node.js';
import type { ProbeOutcome } from '../scrape/outcome.js';
import type { Prober } from '../scrape/prober.js';
import { renderReport } from '../scrape/report.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { findNode } from './find-node.js';
import type { Io } from './print.js';

export interface ProbeCommandOptions extends LoadOptions {
  readonly configPath: string;
  readonly node: string;
  readonly module: string;
  /** Also print the command, what came back and the exposition. */
  readonly debug: boolean;
  /** Print nothing but the exposition, as Prometheus would get it. */
  readonly metrics: boolean;
}

/** What the command needs of the layers below it; the composition root hands it in. */
export interface ProbeTools {
  /** A prober that lives as long as the command. */
  readonly withProber: <T>(config: Config, use: (prober: Prober) => Promise<T>) => Promise<T>;
  readonly exposition: (node: Node, outcome: ProbeOutcome) => string;
  /** Key figures of an outcome, as label and text. */
  readonly figures: (outcome: ProbeOutcome) => readonly (readonly [label: string, text: string])[];
}

/**
 * `pipefleet probe NODE`: one probe from the terminal, exactly as the exporter would do it.
 *
 * @returns 0 when the node answered, 1 when it did not
 * @throws {PipefleetError} `node_unknown`, `module_unknown` or what the configuration is wrong about
 */
export async function runProbe(
  { stdout }: Io,
  options: ProbeCommandOptions,
  tools: ProbeTools,
): Promise<ExitCode> {
  const config = await loadConfig(options.configPath, options);
  const node = findNode(buildInventory(config), options.node);
  const module = config.modules.get(options.module);
  if (module === undefined) {
    const names = [...config.modules.keys()].join(', ');
    throw new PipefleetError('module_unknown', `There is no module ${options.module}; there is ${names}.`);
  }
  const outcome = await tools.withProber(config, (prober) =>
    prober.probe(node, module, { timeoutSeconds: module.timeoutSeconds }),
  );
  if (options.metrics) {
    stdout.write(tools.exposition(node, outcome));
  } else {
    stdout.write(renderReport(node, outcome, options.debug));
    if (options.debug) stdout.write(`── metrics ──\n${tools.exposition(node, outcome)}`);
    else stdout.write(figureLines(tools.figures(outcome)));
  }
  return outcome.success ? EXIT.ok : EXIT.failed;
}

function figureLines(figures: readonly (readonly [string, string])[]): string {
  if (figures.length === 0) return '';
  return `\n${figures.map(([label, text]) => `  ${label.padEnd(14)}${text.padStart(8)}\n`).join('')}`;
}
