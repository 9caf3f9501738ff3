import { randomBytes } from 'node:crypto';
import { type Batch, endOfAnswer } from '../collectors/batch.js';
import type { BatchOutput } from '../collectors/split-answer.js';
import type { Exec, ExecOptions, ExecPhase, ExecResult, Standing } from '../core/exec.js';
import { batchDigest } from '../gate/batch-digest.js';
import { gateOf, monitorRequest, refusalOf, SERVE_REQUEST } from '../gate/protocol.js';
import type { Node } from '../inventory/node.js';
import type { LargeAnswers } from './large-answers.js';

/** How a node takes a question: a gate takes the name of a module, a shell takes the whole batch. */
type Way = 'gate' | 'shell';

interface KnownWay {
  readonly way: Way;
  /** It can stand on a channel and answer one question after the other: every shell, and a gate as this pipefleet makes it. */
  readonly stands: boolean;
}

/** What was learned about nodes; a reload makes new nodes, of which nothing is known. */
export type Ways = WeakMap<Node, KnownWay>;

export interface Question {
  readonly node: Node;
  readonly module: string;
  readonly batch: Batch;
  readonly exec: Exec;
  readonly ways: Ways;
  readonly largeAnswers: LargeAnswers;
}

/** The gate through which a node answered. */
export interface GateSeen {
  /** Of the pipefleet that made it. */
  readonly version: string;
  /** It ran for this module what would be sent to a node without a gate. */
  readonly current: boolean;
}

/** What a node answered. */
export interface Answer {
  /** What was sent in the end. */
  readonly command: string;
  /** What became of it; its phases are those of all that was sent. */
  readonly result: ExecResult;
  readonly output: BatchOutput;
  /** Undefined when a shell answered, or nothing. */
  readonly gate: GateSeen | undefined;
  /** Why the gate refused, when it did. */
  readonly refusal: string | undefined;
}

/**
 * Asks a node for a module, in the way that it is known to take; of a node about which nothing is known, a gate is asked first. A node
 * that turns out to take the other way is asked once more, within the same deadline. Never rejects.
 */
export async function askNode(question: Question, options: ExecOptions): Promise<Answer> {
  const { node, ways } = question;
  const tried = ways.get(node) ?? { way: 'gate', stands: false };
  const first = await ask(question, tried, options);
  const shown = wayOf(first);
  if (shown !== undefined) ways.set(node, shown);
  if (first.result.reason !== 'none' || shown?.way === tried.way) return first;
  // Only a gate says that it takes no batch. What answers nothing of ours to a gate's request may be a shell.
  if (tried.way === 'shell' && shown === undefined) return first;
  const other: KnownWay = { way: tried.way === 'gate' ? 'shell' : 'gate', stands: false };
  const second = await ask(question, other, options);
  const learned = wayOf(second);
  if (learned !== undefined) ways.set(node, learned);
  return { ...second, result: together(first.result, second.result) };
}

/** What is known of an answer that was too large to be read before the deadline. */
const NOT_READ: BatchOutput = {
  complete: false,
  files: new Map(),
  refused: new Map(),
  sections: new Map(),
};

async function ask(
  { module, batch, exec, largeAnswers }: Question,
  { way, stands }: KnownWay,
  options: ExecOptions,
): Promise<Answer> {
  const token = randomBytes(16).toString('hex');
  const command = way === 'gate' ? monitorRequest(module, token) : batch.command(token);
  const standing: Standing = {
    ...(way === 'gate'
      ? { program: SERVE_REQUEST, request: command }
      : { program: batch.standing, request: token }),
    end: endOfAnswer(token),
  };
  const result = await exec.exec(command, stands ? { ...options, standing } : options);
  const answering = gateOf(result.stdout, token);
  const gate = answering && {
    version: answering.version,
    current: answering.batch === batchDigest(batch),
  };
  const split = (): BatchOutput => batch.split(result.stdout, token, gate?.current === false);
  const [output = NOT_READ] = await largeAnswers.read(result.stdout, [split], options.signal);
  return {
    command,
    result,
    output,
    gate,
    refusal: result.reason === 'none' ? refusalOf(result) : undefined,
  };
}

/** The way that a node has shown to take, as far as its answer tells. */
function wayOf({ gate, refusal, output }: Answer): KnownWay | undefined {
  if (gate !== undefined || refusal !== undefined) return { way: 'gate', stands: gate?.current === true };
  return output.sections.size > 0 ? { way: 'shell', stands: true } : undefined;
}

/** Two commands of one probe, as one. */
function together(first: ExecResult, second: ExecResult): ExecResult {
  const phases = { ...second.phases };
  for (const [phase, seconds] of Object.entries(first.phases)) phases[phase as ExecPhase] += seconds;
  return { ...second, connectionReused: first.connectionReused, phases };
}
