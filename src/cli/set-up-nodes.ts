import pLimit from 'p-limit';
import { messageOf, PipefleetError } from '../core/errors.js';
import { count } from '../core/text.js';
import type { Node } from '../inventory/node.js';
import type { DesiredAccess } from '../ops/access/desired.js';
import type { MachineFacts } from '../ops/access/facts.js';
import { factsFor, planAccess } from '../ops/access/plan.js';
import { changesAnything, type Plan } from '../ops/access/step.js';
import {
  type AsRoot,
  carryOut,
  isFailure,
  type NodeFailure,
  prepareNode,
  type Prepared,
} from '../ops/nodes/node-work.js';
import type { Ask } from './ask.js';
import { printLine, type Io } from './print.js';
import { type NodeResult, type Proof, renderPlans, resultLine } from './set-up-report.js';

export interface SetUpOptions {
  readonly adopt: boolean;
  readonly dryRun: boolean;
  /** Nobody is asked. */
  readonly yes: boolean;
  /** Nodes that are worked on at once. */
  readonly concurrency: number;
}

/** What setting up needs of the layers below it; the composition root hands it in. */
export interface SetUpTools {
  readonly ask: Ask;
  readonly asRoot: AsRoot;
  readonly gatePath: string;
  /** Under which nodes list what is made on them. */
  readonly fleet: string;
  /** Called once before anything is changed on a node. */
  readonly begin?: () => Promise<void>;
  /** Accounts that the node shall have. */
  readonly accountsOf: (node: Node) => readonly string[];
  /** @throws {PipefleetError} when a key cannot be used */
  readonly desired: (node: Node, facts: MachineFacts) => Promise<DesiredAccess>;
  readonly prove: (node: Node) => Promise<Proof>;
  /** Told of every node that is ready, one after the other, before its line is printed. */
  readonly onReady?: (node: Node) => Promise<void>;
  /** Aborted when the person has enough: what has begun ends, nothing new begins. */
  readonly signal: AbortSignal;
}

/**
 * Sets nodes up: looks at all of them, shows what would be done, asks once, does it and proves it, many at a time. A node that
 * fails costs the others nothing. Progress goes to `stderr`.
 *
 * @throws {PipefleetError} `declined` when the person says no
 */
export async function setUpNodes(
  { stderr }: Pick<Io, 'stderr'>,
  nodes: readonly Node[],
  options: SetUpOptions,
  tools: SetUpTools,
): Promise<readonly NodeResult[]> {
  const { adopt } = options;
  const planFor = async (node: Node, facts: MachineFacts): Promise<Plan> =>
    planAccess(await tools.desired(node, facts), facts, { adopt });
  return workOnNodes({ stderr }, nodes, options, tools, {
    planFor,
    // Also where nothing was to be done: what is right on the node need not be right on the way.
    finish: async (node) => provenResult(await tools.prove(node)),
    question: (changed) => (changed > 0 ? `Set up ${count(changed, 'node')}?` : undefined),
  });
}

/** What differs between setting nodes up and taking access away. */
export interface NodeTask {
  readonly planFor: (node: Node, facts: MachineFacts) => Plan | Promise<Plan>;
  /** The end of a node whose plan was carried out. */
  readonly finish: (node: Node) => Promise<Pick<NodeResult, 'outcome' | 'reason' | 'message' | 'proof'>>;
  /** What the person is asked before anything is done, with the number of nodes that would change and of all; undefined for nothing. */
  readonly question: (changed: number, all: number) => string | undefined;
}

/** The way that every work on nodes goes: look, plan, show, ask, carry out, finish. */
export async function workOnNodes(
  { stderr }: Pick<Io, 'stderr'>,
  nodes: readonly Node[],
  { dryRun, yes, concurrency }: SetUpOptions,
  tools: Omit<SetUpTools, 'desired' | 'prove'>,
  task: NodeTask,
): Promise<readonly NodeResult[]> {
  const limit = pLimit(concurrency);
  const results = new Map<string, NodeResult>();
  const end = (result: NodeResult): void => {
    results.set(result.name, result);
    printLine(stderr, `[${results.size}/${nodes.length}] ${resultLine(result)}`);
  };

  const looked = await limit.map(nodes, (node) => lookAt(node, tools, task));
  const prepared: Prepared[] = [];
  for (const each of looked) {
    if (each === undefined) continue;
    if (isFailure(each)) end(failureResult(each));
    else prepared.push(each);
  }
  if (prepared.length > 0) stderr.write(`${renderPlans(prepared)}\n`);
  const changed = prepared.filter(({ plan }) => changesAnything(plan)).length;
  const question =
    dryRun || yes || tools.signal.aborted ? undefined : task.question(changed, prepared.length);
  if (question !== undefined && !(await tools.ask.confirm(question))) {
    throw new PipefleetError('declined', 'Nothing was changed.');
  }
  if (changed > 0 && !dryRun && !tools.signal.aborted) await tools.begin?.();
  let last = Promise.resolve();
  await limit.map(prepared, async (each) => {
    const result = dryRun || tools.signal.aborted ? undecided(each, dryRun) : await workOn(each, tools, task);
    if (result.outcome === 'ready' || result.outcome === 'removed') {
      const told = last.then(() => tools.onReady?.(each.node));
      last = told.catch(() => undefined);
      try {
        await told;
      } catch (error) {
        end({ ...result, outcome: 'failed', reason: 'inventory', message: messageOf(error) });
        return;
      }
    }
    end(result);
  });
  return nodes.map((node) => results.get(node.name) ?? resultOf(node, 'skipped'));
}

async function lookAt(
  node: Node,
  { asRoot, accountsOf, gatePath, fleet, signal }: Omit<SetUpTools, 'desired' | 'prove'>,
  task: NodeTask,
): Promise<Prepared | NodeFailure | undefined> {
  if (signal.aborted) return undefined;
  try {
    return await prepareNode(node, asRoot, factsFor(accountsOf(node), gatePath, fleet), (facts) =>
      task.planFor(node, facts),
    );
  } catch (error) {
    if (!(error instanceof PipefleetError)) throw error;
    return { node, outcome: 'blocked', reason: error.code, message: error.message };
  }
}

async function workOn(
  each: Prepared,
  { asRoot }: Pick<SetUpTools, 'asRoot'>,
  task: NodeTask,
): Promise<NodeResult> {
  const done = await carryOut(each, asRoot);
  if (isFailure(done)) return { ...failureResult(done), ...factsOf(each) };
  return { name: each.node.name, ...factsOf(each), ...(await task.finish(each.node)) };
}

function provenResult(proof: Proof): Pick<NodeResult, 'outcome' | 'reason' | 'message' | 'proof'> {
  if (proof.ok) return { outcome: 'ready', reason: 'none', message: '', proof };
  return { outcome: 'failed', reason: 'proof', message: proof.message, proof };
}

function failureResult({ node, outcome, reason, message }: NodeFailure): NodeResult {
  return { ...resultOf(node, outcome), reason, message };
}

function undecided(each: Prepared, dryRun: boolean): NodeResult {
  return { ...resultOf(each.node, dryRun ? 'planned' : 'skipped'), ...factsOf(each) };
}

/** A result that has nothing to tell but how it ended. */
export function resultOf({ name }: Node, outcome: NodeResult['outcome']): NodeResult {
  return { name, outcome, reason: 'none', message: '', machine: null, steps: [], proof: null };
}

function factsOf({ facts, plan }: Prepared): Pick<NodeResult, 'machine' | 'steps'> {
  const { os, kernel, machine, generations, units } = facts;
  return {
    machine: { os, kernel, machine, generations, units },
    steps: plan.steps.map(({ change, subject, detail }) => ({ change, subject, detail })),
  };
}
