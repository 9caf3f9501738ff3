import pLimit from 'p-limit';
import { loadConfig, type LoadOptions } from '../config/load.js';
import { buildInventory } from '../inventory/inventory.js';
import { selectNodes } from '../inventory/selector.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import type { SetUpSession } from './nodes-setup.js';
import { printJson, printLine, printTable, type Io } from './print.js';
import { resultOf } from './set-up-nodes.js';
import { type NodeResult, type Proof, summaryLine } from './set-up-report.js';

export interface NodesTestOptions extends LoadOptions {
  readonly configPath: string;
  readonly selectors: readonly string[];
  readonly json: boolean;
  readonly concurrency: number;
}

/** What testing needs of the layers below it. */
export interface NodesTestTools extends Pick<SetUpSession, 'setsFor' | 'recordRun'> {
  readonly withProver: <T>(
    config: Awaited<ReturnType<typeof loadConfig>>,
    use: (prove: (node: ReturnType<typeof selectNodes>[number]) => Promise<Proof>) => Promise<T>,
  ) => Promise<T>;
}

/**
 * `pipefleet nodes test`: whether the key of each node reads what it is for, and is refused everything else.
 *
 * @returns 0 when that is so on every node, else 1
 */
export async function runNodesTest(
  { stdout, stderr }: Io,
  options: NodesTestOptions,
  tools: NodesTestTools,
): Promise<ExitCode> {
  const config = await loadConfig(options.configPath, options);
  const sets = await tools.setsFor(options.configPath);
  const nodes = selectNodes(buildInventory(config), options.selectors, sets);
  const limit = pLimit(options.concurrency);
  const results = await tools.withProver(config, (prove) =>
    limit.map(nodes, async (node): Promise<NodeResult> => {
      const proof = await prove(node);
      const reached = proof.series !== undefined || proof.attempts.length > 0;
      const outcome = proof.ok ? 'ready' : reached ? 'failed' : 'unreachable';
      const reason = proof.ok ? 'none' : 'proof';
      return { ...resultOf(node, outcome), reason, message: proof.message, proof };
    }),
  );
  await tools.recordRun('nodes test', options.configPath, results);
  if (options.json) {
    printJson(stdout, { nodes: results });
  } else {
    printTable(stdout, ['NODE', 'READS', 'GATE', 'REFUSED', 'ALLOWED'], results.map(row));
    for (const { name, message } of results) if (message !== '') printLine(stderr, `${name}: ${message}`);
    printLine(stdout, summaryLine(results));
  }
  return results.every(({ outcome }) => outcome === 'ready') ? EXIT.ok : EXIT.failed;
}

function row({ name, proof }: NodeResult): string[] {
  const attempts = proof?.attempts ?? [];
  const allowed = attempts.filter(({ result }) => result === 'allowed').map(({ what }) => what);
  const refused = attempts.filter(({ result }) => result === 'refused').length;
  return [
    name,
    proof?.series === undefined ? '-' : `${proof.series} series`,
    proof?.gate ?? 'none',
    `${refused} of ${attempts.length}`,
    allowed.join(', ') || '-',
  ];
}
