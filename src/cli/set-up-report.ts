import { count } from '../core/text.js';
import type { MachineFacts } from '../ops/access/facts.js';
import type { Step } from '../ops/access/step.js';
import type { Prepared } from '../ops/nodes/node-work.js';
import type { Attempt } from '../core/attempt.js';

/** That a key can do what it is for, and nothing else. */
export interface Proof {
  readonly ok: boolean;
  /** One sentence when it is not, else empty. */
  readonly message: string;
  /** Series that the node gave to a probe of the module `node`; undefined when it gave none. */
  readonly series: number | undefined;
  /** Version of the gate that answered; undefined when none did. */
  readonly gate: string | undefined;
  /** What the key must not be able to do, each tried. */
  readonly attempts: readonly Attempt[];
}

/** What became of one node. */
export interface NodeResult {
  readonly name: string;
  readonly outcome: 'ready' | 'planned' | 'removed' | 'unreachable' | 'failed' | 'blocked' | 'skipped';
  /** What a script can tell cases by; `none` when all went well. */
  readonly reason: string;
  /** One sentence when something went wrong, else empty. */
  readonly message: string;
  /** What was found out about the machine; null when it was not reached. */
  readonly machine: Pick<MachineFacts, 'os' | 'kernel' | 'machine' | 'generations' | 'units'> | null;
  readonly steps: readonly Pick<Step, 'change' | 'subject' | 'detail'>[];
  readonly proof: Proof | null;
}

const SIGNS: Readonly<Record<Step['change'], string>> = { create: '+', change: '~', remove: '-', keep: '=' };
/** Names of nodes with the same plan that are listed. */
const NAMES = 6;

/** The plans as a person reads them before saying yes. Nodes for which exactly the same is planned share one. */
export function renderPlans(prepared: readonly Prepared[]): string {
  const groups = new Map<string, Prepared[]>();
  for (const each of prepared) {
    const key = JSON.stringify([machineWords(each.facts), stepLines(each.plan.steps)]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [each]);
    else group.push(each);
  }
  return [...groups.values()]
    .map((group) => {
      const [first] = group;
      if (first === undefined) return '';
      return [headline(group), ...stepLines(first.plan.steps), ''].join('\n');
    })
    .join('\n');
}

function headline(group: readonly Prepared[]): string {
  const [first] = group;
  const names = group.slice(0, NAMES).map(({ node }) => node.name);
  const rest = group.length - names.length;
  const who = `${names.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
  const many = group.length > 1 ? `${count(group.length, 'node')}: ` : '';
  return `${many}${who} (${first === undefined ? '' : machineWords(first.facts)})`;
}

function machineWords({ os, machine, generations, units }: MachineFacts): string {
  const software = generations.length === 0 ? 'no node software' : generations.join(' and ');
  const by = units.length === 0 ? '' : ` by ${units.join(', ')}`;
  return [os || 'an unnamed system', machine, software + by].join('; ');
}

function stepLines(steps: readonly Step[]): string[] {
  return steps.map(({ change, subject, detail }) => `  ${SIGNS[change]} ${subject.padEnd(8)} ${detail}`);
}

/** One node's end as a line of progress. */
export function resultLine({ name, outcome, message, proof }: NodeResult): string {
  switch (outcome) {
    case 'ready': {
      const refused = proof?.attempts.filter(({ result }) => result === 'refused').length ?? 0;
      const seen = proof?.series === undefined ? '' : `: the key reads ${proof.series} series`;
      return `${name}: ready${seen}, and was refused ${count(refused, 'other thing')}`;
    }
    case 'planned':
      return `${name}: planned`;
    case 'removed':
      return `${name}: access taken away`;
    case 'skipped':
      return `${name}: not begun`;
    default:
      return `${name}: ${outcome.toUpperCase()}, ${message}`;
  }
}

/** How it went, in one line. */
export function summaryLine(results: readonly NodeResult[]): string {
  const parts = (['ready', 'removed', 'planned', 'failed', 'blocked', 'unreachable', 'skipped'] as const)
    .map((outcome) => [outcome, results.filter((result) => result.outcome === outcome).length] as const)
    .filter(([, number]) => number > 0)
    .map(([outcome, number]) => `${number} ${outcome === 'skipped' ? 'not begun' : outcome}`);
  return `${count(results.length, 'node')}: ${parts.join(', ')}`;
}
