import { FILES_SECTION } from '../collectors/batch.js';
import { type Collector, ParseError } from '../collectors/collector.js';
import { messageOf } from '../core/errors.js';
import type { FailureReason } from '../core/failure.js';
import type { Logger } from '../core/logger.js';
import { redact } from '../core/redact.js';
import { type Answer, askNode, type Question } from './ask-node.js';
import { groupSamples } from './group-samples.js';
import type { CollectorOutcome, ProbeOutcome } from './outcome.js';

export interface ProbeRequest extends Question {
  /** Those of which the batch is made. */
  readonly collectors: readonly Collector[];
  /** SHA-256 of the gate that the node should have, in hexadecimal; undefined when it is not known. */
  readonly expectedGate?: string | undefined;
  readonly signal: AbortSignal;
  readonly maxOutputBytes: number;
  readonly logger: Logger;
}

/** Characters of one section past which its collector fails: no family of facts about one machine is larger. */
const SECTION_LENGTH = 524_288;
const COMPLETE = { reason: 'none', message: '' } as const;

/**
 * Probes one node: one question, then every collector on its part of what came back. What arrived whole is used even when
 * the probe as such failed, so that a command that hangs at its end does not hide its beginning. Never rejects.
 */
export async function probeNode(request: ProbeRequest): Promise<ProbeOutcome> {
  const { node, module, collectors } = request;
  const startedAt = Date.now();
  const start = performance.now();
  const { signal, maxOutputBytes } = request;
  const answer = await askNode(request, { signal, maxOutputBytes });
  const { command, result, gate } = answer;

  const parseStart = performance.now();
  const outcomes = collectors.map((collector) => runCollector(collector, answer, request));
  const { reason, message } = judge(answer, outcomes);
  const end = performance.now();
  return {
    node: node.name,
    module,
    startedAt,
    durationSeconds: (end - start) / 1000,
    success: reason === 'none',
    reason,
    message,
    connectionReused: result.connectionReused,
    gate,
    phases: { ...result.phases, parse: (end - parseStart) / 1000 },
    retryAfterSeconds: result.retryAfterSeconds,
    collectors: outcomes,
    exchange: { command, exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr },
  };
}

function judge(
  answer: Answer,
  outcomes: readonly CollectorOutcome[],
): { readonly reason: FailureReason; readonly message: string } {
  const { result, output, refusal } = answer;
  if (result.reason !== 'none') return result;
  if (refusal !== undefined) {
    return { reason: 'output', message: `The gate on the node refused the probe: ${redact(refusal, 160)}` };
  }
  if (!output.complete) return incomplete(answer);
  if (outcomes.every(({ success }) => !success)) {
    return {
      reason: 'parse',
      message: `No collector could read its part: ${outcomes[0]?.message ?? 'there is none'}`,
    };
  }
  return COMPLETE;
}

function incomplete({ result, output }: Answer): {
  readonly reason: FailureReason;
  readonly message: string;
} {
  const hint = firstLine(result.stderr) || firstLine(result.stdout);
  const said = hint === '' ? '' : `; it said: ${hint}`;
  if (output.sections.size === 0) {
    return {
      reason: 'output',
      message: `The node answered something else than what was asked (exit status ${result.exitCode ?? 'unknown'})${said}`,
    };
  }
  return {
    reason: 'command',
    message: `The command ended before it had printed everything (exit status ${result.exitCode ?? 'unknown'})${said}`,
  };
}

function firstLine(text: string): string {
  return redact(text.trim().split('\n', 1)[0] ?? '', 160);
}

function runCollector(
  collector: Collector,
  { output, gate }: Answer,
  { node, logger, expectedGate }: ProbeRequest,
): CollectorOutcome {
  const { name, script } = collector;
  const failed = (message: string): CollectorOutcome => ({
    collector: name,
    success: false,
    message,
    samples: [],
  });
  const section = script === undefined ? { output: '', status: 0 } : output.sections.get(name);
  if (section === undefined || (collector.files !== undefined && !output.sections.has(FILES_SECTION))) {
    return failed(
      gate?.current === false && output.complete
        ? `The gate on the node, of version ${gate.version}, does not have it; renew it with: pipefleet nodes setup ${node.name}`
        : 'Its part of the output did not arrive.',
    );
  }
  if (section.output.length > SECTION_LENGTH)
    return failed(`It printed more than ${SECTION_LENGTH} characters.`);
  if (section.status === 124 && section.output === '')
    return failed('Its command took too long on the node and was ended there.');
  try {
    const input = { files: output.files, ...section, software: node.software, expectedGate };
    const samples = groupSamples(collector.parse(input));
    const { explain } = collector;
    const notes = explain === undefined ? undefined : () => explain(input);
    return { collector: name, success: true, message: '', samples, input, notes };
  } catch (error) {
    if (!(error instanceof ParseError))
      logger.error({ collector: name, node: node.name, err: error }, 'a collector threw; this is a bug');
    return failed(messageOf(error));
  }
}
