import pLimit from 'p-limit';
import type { Config } from '../config/config.js';
import { loadConfig, type LoadOptions } from '../config/load.js';
import { messageOf, PipefleetError } from '../core/errors.js';
import { count } from '../core/text.js';
import { buildInventory } from '../inventory/inventory.js';
import type { Module, Node } from '../inventory/node.js';
import { selectNodes } from '../inventory/selector.js';
import type { RunMemory } from '../ops/last-run.js';
import type { NodeResult } from '../ops/run.js';
import type { ProbeOutcome } from '../scrape/outcome.js';
import type { Prober } from '../scrape/prober.js';
import {
  renderAudit,
  SEVERITIES,
  type AuditedNode,
  type AuditFinding,
  type AuditReport,
  type Counts,
  type Severity,
} from './audit-report.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { printJson, printLine, type Io } from './print.js';

const MODULE = 'audit';

export interface AuditOptions extends LoadOptions {
  readonly configPath: string;
  /** Which nodes; every node when there is none. */
  readonly selectors: readonly string[];
  /** Print one JSON object instead of a report. */
  readonly json: boolean;
  /** Leave out what passed and what is unknown. */
  readonly failedOnly: boolean;
  /** The least severity whose failure ends the command with 1; `never` for 0 in any case. */
  readonly failOn: Severity | 'never';
}

/** What the command needs of the layers below it; the composition root hands it in. */
export interface AuditTools {
  /** A prober that lives as long as the command. */
  readonly withProber: <T>(config: Config, use: (prober: Prober) => Promise<T>) => Promise<T>;
  /**
   * What the checks make of an outcome of the module.
   *
   * @throws when the node gave nothing that could be judged; the message says what is wrong
   */
  readonly judge: (outcome: ProbeOutcome) => readonly AuditFinding[];
  /** What `@failed` and the like mean, and where this run is kept for the next one. */
  readonly memory: RunMemory;
}

/**
 * `pipefleet audit`: probes the nodes with the module `audit` and prints what is wrong with them, why, and how to mend it.
 *
 * @returns 0 when every node was reached and no check of the severity in question failed, else 1
 * @throws {PipefleetError} `usage`, `node_unknown`, `module_unknown` or what the configuration is wrong about
 */
export async function runAudit(io: Io, options: AuditOptions, tools: AuditTools): Promise<ExitCode> {
  const { configPath, selectors } = options;
  const config = await loadConfig(configPath, options);
  const nodes = selectNodes(buildInventory(config), selectors, await tools.memory.sets(configPath));
  const module = config.modules.get(MODULE);
  if (module?.collectors.includes(MODULE) !== true) {
    throw new PipefleetError(
      'module_unknown',
      `The configuration takes the collector ${MODULE} out of the module ${MODULE}; leave it in to use this command.`,
    );
  }
  const startedAt = new Date().toISOString();
  const limit = pLimit(config.limits.concurrentProbes);
  const audited = await tools.withProber(config, (prober) =>
    limit.map(nodes, (node) => auditNode(node, module, prober, tools)),
  );
  const report = summarize(audited);
  const shown = options.failedOnly ? onlyFailed(report) : report;
  if (options.json) printJson(io.stdout, shown);
  else io.stdout.write(renderAudit(shown));
  const results = Object.fromEntries(audited.map((node) => [node.name, resultOf(node)]));
  const endedAt = new Date().toISOString();
  await tools.memory
    .record({ command: 'audit', configPath, startedAt, endedAt, nodes: results })
    .catch((error: unknown) => printLine(io.stderr, messageOf(error)));
  return judgeReport(report, options.failOn);
}

async function auditNode(
  node: Node,
  module: Module,
  prober: Prober,
  { judge }: AuditTools,
): Promise<AuditedNode> {
  const outcome = await prober.probe(node, module, { timeoutSeconds: module.timeoutSeconds });
  const failed = (message: string): AuditedNode => ({
    name: node.name,
    success: false,
    reason: outcome.success ? 'parse' : outcome.reason,
    message,
    counts: { passed: 0, failed: 0, unknown: 0 },
    checks: [],
  });
  const own = outcome.collectors.find(({ collector }) => collector === MODULE);
  if (own?.success !== true) return failed(outcome.message || (own?.message ?? ''));
  try {
    const checks = judge(outcome);
    return { name: node.name, success: true, reason: 'none', message: '', counts: countsOf(checks), checks };
  } catch (error) {
    return failed(messageOf(error));
  }
}

/** A node whose answer could not be read may say so in words of its own, which are not kept. */
function resultOf({ success, reason, message, counts }: AuditedNode): NodeResult {
  if (success && counts.failed === 0) return { outcome: 'ok', message: '' };
  if (success) return { outcome: 'failed', message: `${count(counts.failed, 'check')} failed.` };
  if (reason === 'parse') return { outcome: 'failed', message: 'The answer could not be read.' };
  return { outcome: 'unreachable', message };
}

function countsOf(checks: readonly AuditFinding[]): Counts {
  const counts = { passed: 0, failed: 0, unknown: 0 };
  for (const { result } of checks) counts[result]++;
  return counts;
}

function summarize(nodes: readonly AuditedNode[]): AuditReport {
  return {
    nodes,
    counts: {
      nodes: nodes.length,
      unreachable: nodes.filter(({ success }) => !success).length,
      ...countsOf(nodes.flatMap(({ checks }) => checks)),
    },
  };
}

function onlyFailed({ nodes, counts }: AuditReport): AuditReport {
  return {
    nodes: nodes
      .filter((node) => !node.success || node.counts.failed > 0)
      .map((node) => ({ ...node, checks: node.checks.filter(({ result }) => result === 'failed') })),
    counts,
  };
}

function judgeReport({ nodes, counts }: AuditReport, failOn: AuditOptions['failOn']): ExitCode {
  if (failOn === 'never') return EXIT.ok;
  const least = SEVERITIES.indexOf(failOn);
  const counted = nodes.some(({ checks }) =>
    checks.some(({ result, severity }) => result === 'failed' && SEVERITIES.indexOf(severity) <= least),
  );
  return counts.unreachable > 0 || counted ? EXIT.failed : EXIT.ok;
}
