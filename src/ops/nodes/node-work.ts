import { redact } from '../../core/redact.js';
import type { Node } from '../../inventory/node.js';
import { applyScript, readApplied } from '../access/apply.js';
import type { MachineFacts } from '../access/facts.js';
import { type FactsRequest, factsScript } from '../access/facts-script.js';
import { readFacts } from '../access/read-facts.js';
import { changesAnything, type Plan, type Step } from '../access/step.js';
import type { RootResult } from '../login/run-as-root.js';

/** Runs a script as root on a node over the login of a person. Never rejects. */
export type AsRoot = (node: Node, script: string) => Promise<RootResult>;

/** Why work on a node ended before it was done. `unreachable` is about the way there, `failed` about the node. */
export interface NodeFailure {
  readonly node: Node;
  readonly outcome: 'unreachable' | 'failed' | 'blocked';
  /** What a script can tell cases by: a failure reason, `sudo`, `facts`, `blocked` or `step`. */
  readonly reason: string;
  readonly message: string;
}

/** A node that was looked at, and what is to be done on it. */
export interface Prepared {
  readonly node: Node;
  readonly facts: MachineFacts;
  readonly plan: Plan;
}

export function isFailure(result: object): result is NodeFailure {
  return 'outcome' in result && 'reason' in result;
}

/**
 * Looks at a node and plans. Changes nothing on it. Never rejects for what the node does.
 *
 * @param planFor may throw a sentence for a person, which becomes a failure of this node
 */
export async function prepareNode(
  node: Node,
  asRoot: AsRoot,
  request: FactsRequest,
  planFor: (facts: MachineFacts) => Plan | Promise<Plan>,
): Promise<Prepared | NodeFailure> {
  const result = await asRoot(node, factsScript(request));
  if (!result.ok) return unreached(node, result);
  const facts = readFacts(result.stdout);
  if (facts === undefined) {
    const hint = lastLine(result.stderr) || lastLine(result.stdout);
    const message = `The node did not say what it is${hint === '' ? '' : `; it said: ${hint}`}`;
    return { node, outcome: 'failed', reason: 'facts', message };
  }
  const plan = await planFor(facts);
  if (plan.blockers.length > 0) {
    return { node, outcome: 'blocked', reason: 'blocked', message: plan.blockers.join(' ') };
  }
  return { node, facts, plan };
}

/** Carries out a plan. Never rejects for what the node does; what was done before a failure stays, and is planned no more. */
export async function carryOut(
  { node, plan }: Prepared,
  asRoot: AsRoot,
): Promise<readonly Step[] | NodeFailure> {
  if (!changesAnything(plan)) return [];
  const result = await asRoot(node, applyScript(plan));
  if (!result.ok) return unreached(node, result);
  const applied = readApplied(plan, result.stdout);
  if (applied !== undefined && applied.failed === undefined) return applied.done;
  const hint = lastLine(result.stderr);
  const what =
    applied?.failed === undefined
      ? 'The answer of the node broke off'
      : `The step ${applied.failed.subject} failed`;
  const message = `${what}${hint === '' ? '' : `: ${hint}`}; what was done before it stays, and doing it again is safe.`;
  return { node, outcome: 'failed', reason: 'step', message };
}

function unreached(node: Node, { reason, message }: Extract<RootResult, { ok: false }>): NodeFailure {
  return { node, outcome: reason === 'sudo' ? 'failed' : 'unreachable', reason, message };
}

function lastLine(text: string): string {
  return redact(text.trim().split('\n').at(-1) ?? '', 200);
}
