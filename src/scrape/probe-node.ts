import type { Collector } from '../collectors/collector.js';
import type { FailureReason } from '../core/failure.js';
import type { Logger } from '../core/logger.js';
import { redact } from '../core/redact.js';
import { type Answer, askNode, type Question } from './ask-node.js';
import type { CollectorOutcome, ProbeOutcome } from './outcome.js';
import { runCollectors } from './run-collectors.js';

export interface ProbeRequest extends Question {
  /** Those of which the batch is made. */
  readonly collectors: readonly Collector[];
  /** SHA-256 of the gate that the node should have, in hexadecimal; undefined when it is not known. */
  readonly expectedGate?: string | undefined;
  readonly signal: AbortSignal;
  readonly maxOutputBytes: number;
  readonly logger: Logger;
}

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
  const outcomes = await runCollectors(collectors, answer, request);
  const { reason, message } = judge(answer, outcomes, signal);
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
  signal: AbortSignal,
): { readonly reason: FailureReason; readonly message: string } {
  const { result, output, refusal } = answer;
  if (result.reason !== 'none') return result;
  if (refusal !== undefined) {
    return { reason: 'output', message: `The gate on the node refused the probe: ${redact(refusal, 160)}` };
  }
  if (!output.complete && signal.aborted)
    return { reason: 'command_timeout', message: 'The answer was too large to be read in time.' };
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
