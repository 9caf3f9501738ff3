import { type Collector, ParseError } from '../collectors/collector.js';
import { excessOf, SECTION_LENGTH } from '../collectors/limits.js';
import { createPathReader } from '../collectors/paths.js';
import { FILES_SECTION } from '../collectors/split-answer.js';
import { messageOf } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import type { Node } from '../inventory/node.js';
import type { Answer } from './ask-node.js';
import { groupSamples } from './group-samples.js';
import type { LargeAnswers } from './large-answers.js';
import type { CollectorOutcome } from './outcome.js';
import { SeriesBudget } from './series-budget.js';

/** What collectors need to know in addition to the answer. */
export interface RunContext {
  readonly node: Node;
  /** SHA-256 of the gate that the node should have, in hexadecimal; undefined when it is not known. */
  readonly expectedGate?: string | undefined;
  readonly logger: Logger;
  readonly largeAnswers: LargeAnswers;
  /** Aborted at the deadline of the probe. */
  readonly signal: AbortSignal;
}

/** Runs every collector on its part of an answer, in order. Never rejects: what a collector throws is its outcome. */
export async function runCollectors(
  collectors: readonly Collector[],
  answer: Answer,
  context: RunContext,
): Promise<CollectorOutcome[]> {
  const budget = new SeriesBudget();
  const steps = collectors.map((collector) => () => runCollector(collector, answer, context, budget));
  const outcomes = await context.largeAnswers.read(answer.result.stdout, steps, context.signal);
  return collectors.map(
    (collector, position) =>
      outcomes[position] ?? failed(collector, 'The answer was too large to be read in time.'),
  );
}

function failed({ name }: Collector, message: string): CollectorOutcome {
  return { collector: name, success: false, message, samples: [] };
}

function runCollector(
  collector: Collector,
  { output, gate }: Answer,
  { node, logger, expectedGate }: RunContext,
  budget: SeriesBudget,
): CollectorOutcome {
  const { name, script } = collector;
  const section = script === undefined ? { output: '', status: 0 } : output.sections.get(name);
  if (section === undefined || (collector.files !== undefined && !output.sections.has(FILES_SECTION))) {
    return failed(
      collector,
      gate?.current === false && output.complete
        ? `The gate on the node, of version ${gate.version}, does not have it; renew it with: pipefleet nodes setup ${node.name}`
        : 'Its part of the output did not arrive.',
    );
  }
  const excess = excessOf(section.output, SECTION_LENGTH);
  if (excess !== undefined) return failed(collector, `It printed ${excess}.`);
  const refused = refusedFile(collector, output.refused);
  if (refused !== undefined) return failed(collector, refused);
  if (section.status === 124 && section.output === '')
    return failed(collector, 'Its command took too long on the node and was ended there.');
  try {
    const input = { files: output.files, ...section, software: node.software, expectedGate };
    const parsed = collector.parse(input);
    budget.take(parsed);
    const samples = groupSamples(parsed);
    const { explain } = collector;
    const notes = explain === undefined ? undefined : () => explain(input);
    return { collector: name, success: true, message: '', samples, input, notes };
  } catch (error) {
    if (!(error instanceof ParseError))
      logger.error({ collector: name, node: node.name, err: error }, 'a collector threw; this is a bug');
    return failed(collector, messageOf(error));
  }
}

/** Why a file that the collector asks for is not there: it is beyond a bound. */
function refusedFile({ files }: Collector, refused: ReadonlyMap<string, string>): string | undefined {
  if (files === undefined || refused.size === 0) return undefined;
  const all = refused.get(FILES_SECTION);
  if (all !== undefined) return `The node printed ${all}.`;
  const isAskedFor = createPathReader(files);
  const [path, excess] = [...refused].find(([candidate]) => isAskedFor(candidate) !== undefined) ?? [];
  return path === undefined ? undefined : `${path} has ${excess ?? ''}.`;
}
