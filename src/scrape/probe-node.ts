import { randomBytes } from 'node:crypto';
import { type Batch, type BatchOutput, FILES_SECTION } from '../collectors/batch.js';
import { type Collector, ParseError, type Sample } from '../collectors/collector.js';
import { messageOf } from '../core/errors.js';
import type { Exec, ExecResult } from '../core/exec.js';
import type { FailureReason } from '../core/failure.js';
import type { Logger } from '../core/logger.js';
import { redact } from '../core/redact.js';
import type { Node } from '../inventory/node.js';
import type { CollectorOutcome, ProbeOutcome } from './outcome.js';

export interface ProbeRequest {
  readonly node: Node;
  readonly module: string;
  readonly collectors: readonly Collector[];
  readonly batch: Batch;
  readonly exec: Exec;
  readonly signal: AbortSignal;
  readonly maxOutputBytes: number;
  readonly logger: Logger;
}

/** Characters of one section past which its collector fails: no family of facts about one machine is larger. */
const SECTION_LENGTH = 524_288;
const COMPLETE = { reason: 'none', message: '' } as const;

/**
 * Probes one node: one command, then every collector on its part of what came back. What arrived whole is used even when
 * the probe as such failed, so that a command that hangs at its end does not hide its beginning. Never rejects.
 */
export async function probeNode(request: ProbeRequest): Promise<ProbeOutcome> {
  const { node, module, collectors, batch, exec, logger } = request;
  const startedAt = Date.now();
  const start = performance.now();
  const token = randomBytes(16).toString('hex');
  const command = batch.command(token);
  const result = await exec.exec(command, request);

  const parseStart = performance.now();
  const output = batch.split(result.stdout, token);
  const outcomes = collectors.map((collector) => runCollector(collector, output, node, logger));
  const { reason, message } = judge(result, output, outcomes);
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
    phases: { ...result.phases, parse: (end - parseStart) / 1000 },
    retryAfterSeconds: result.retryAfterSeconds,
    collectors: outcomes,
    exchange: { command, exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr },
  };
}

function judge(
  result: ExecResult,
  output: BatchOutput,
  outcomes: readonly CollectorOutcome[],
): { readonly reason: FailureReason; readonly message: string } {
  if (result.reason !== 'none') return result;
  if (!output.complete) return incomplete(result, output);
  if (outcomes.every(({ success }) => !success)) {
    return {
      reason: 'parse',
      message: `No collector could read its part: ${outcomes[0]?.message ?? 'there is none'}`,
    };
  }
  return COMPLETE;
}

function incomplete(
  result: ExecResult,
  output: BatchOutput,
): { readonly reason: FailureReason; readonly message: string } {
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
  output: BatchOutput,
  node: Node,
  logger: Logger,
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
    return failed('Its part of the output did not arrive.');
  }
  if (section.output.length > SECTION_LENGTH)
    return failed(`It printed more than ${SECTION_LENGTH} characters.`);
  if (section.status === 124 && section.output === '')
    return failed('Its command took too long on the node and was ended there.');
  try {
    const input = { files: output.files, ...section, software: node.software };
    const samples = refuseDuplicates(collector.parse(input));
    const { explain } = collector;
    const notes = explain === undefined ? undefined : () => explain(input);
    return { collector: name, success: true, message: '', samples, notes };
  } catch (error) {
    if (!(error instanceof ParseError))
      logger.error({ collector: name, node: node.name, err: error }, 'a collector threw; this is a bug');
    return failed(messageOf(error));
  }
}

/** No series may appear twice in an exposition: Prometheus would refuse all of it. */
function refuseDuplicates(samples: readonly Sample[]): readonly Sample[] {
  const seen = new Set<string>();
  for (const { metric, labels, family } of samples) {
    const series = family === undefined ? promisedSeries(metric, labels) : passedSeries(metric, labels);
    if (seen.has(series)) throw new ParseError(`The node stated ${metric} twice with the same labels.`);
    seen.add(series);
  }
  return samples;
}

/** The labels of what we promise always come in the same order. */
function promisedSeries(metric: string, labels: Sample['labels']): string {
  return labels === undefined ? metric : `${metric}\0${Object.values(labels).join('\0')}`;
}

/** What is passed on has labels of any name in any order; an empty one is none. */
function passedSeries(metric: string, labels: Sample['labels'] = {}): string {
  const stated = Object.entries(labels).filter(([, value]) => value !== '');
  return `${metric}\0${JSON.stringify(stated.sort(([a], [b]) => (a < b ? -1 : 1)))}`;
}
