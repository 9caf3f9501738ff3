import { FAILURE_REASONS, type FailureReason } from '../../core/failure.js';
import type { Node } from '../../inventory/node.js';
import type { ProbeOutcome } from '../../scrape/outcome.js';
import type { FigureKey } from './columns.js';
import { type Figure, figuresOf, NOT_STATED } from './figures.js';
import { formatAge, formatDuration, formatSpan } from './format.js';

/** Every state of a row, worst first. */
export const FLEET_STATES = ['down', 'stale', 'never', 'up'] as const;

export type FleetState = (typeof FLEET_STATES)[number];

/** The word for each state. */
export const STATE_WORDS: Readonly<Record<FleetState, string>> = {
  down: 'down',
  stale: 'stale',
  never: 'never probed',
  up: 'up',
};

export interface FleetRow {
  readonly name: string;
  /** Groups joined with `, `; an en dash when there is none. */
  readonly group: string;
  readonly region: string;
  readonly simulated: boolean;
  readonly state: FleetState;
  /** The word for the state. */
  readonly word: string;
  /** 0 is worst. Up but with something to look at comes before up. */
  readonly rank: number;
  /** Why the last probe failed; absent when it succeeded or when there was none. */
  readonly reason?: FailureReason;
  /** What a person should know about the state: sentences, one a line; empty when all is well. */
  readonly detail: string;
  /** Address of a fresh probe with debug output. */
  readonly probe: string;
  readonly figures: Readonly<Record<FigureKey, Figure>>;
}

/** The fleet as this exporter saw it last: everything that the landing page shows, ready to be shown. */
export interface FleetView {
  readonly version: string;
  /** Unix time in milliseconds by the exporter's clock. */
  readonly now: number;
  readonly counts: Readonly<Record<'total' | FleetState, number>>;
  /** What is not plainly up, in words: `1 down · 2 never probed`. */
  readonly summary: string;
  /** One sentence when any node is simulated. */
  readonly simulated?: string;
  /** Worst first, then by name. */
  readonly rows: readonly FleetRow[];
}

export interface FleetViewInput {
  readonly nodes: readonly Node[];
  /** The newest outcome of module `node`, by name of the node. */
  readonly outcomes: ReadonlyMap<string, ProbeOutcome>;
  /** Unix time in milliseconds. */
  readonly now: number;
  readonly version: string;
  /** Age in seconds from which an outcome says nothing about now. 300 by default, after which Prometheus too forgets a series. */
  readonly staleAfterSeconds?: number;
}

/** The module whose outcomes the page shows. */
const MODULE = 'node';

const STALE_AFTER_SECONDS = 300;

const byName = new Intl.Collator('en', { numeric: true });

/** Makes the view. Pure: the same input gives the same view. */
export function buildFleetView(input: FleetViewInput): FleetView {
  const rows: FleetRow[] = [];
  const counts = { total: input.nodes.length, down: 0, stale: 0, never: 0, up: 0 };
  for (const node of input.nodes) {
    const row = rowOf(node, input);
    counts[row.state] += 1;
    rows.push(row);
  }
  rows.sort((a, b) => a.rank - b.rank || byName.compare(a.name, b.name));
  const simulated = simulatedSentence(rows);
  return {
    version: input.version,
    now: input.now,
    counts,
    summary: summarize(rows, counts),
    ...(simulated !== undefined && { simulated }),
    rows,
  };
}

function rowOf(
  node: Node,
  { outcomes, now, staleAfterSeconds = STALE_AFTER_SECONDS }: FleetViewInput,
): FleetRow {
  const identity = {
    name: node.name,
    group: node.groups.length > 0 ? node.groups.join(', ') : NOT_STATED.text,
    region: node.labels['region'] ?? NOT_STATED.text,
    simulated: node.labels['simulated'] === 'true',
    probe: `/probe?target=${encodeURIComponent(node.name)}&module=${MODULE}&debug=true`,
  };
  const outcome = outcomes.get(node.name);
  if (outcome === undefined) {
    return {
      ...identity,
      ...stateOf('never'),
      detail: 'Nobody has asked for it since this exporter started.',
      figures: { age: NOT_STATED, duration: NOT_STATED, ...figuresOf([]) },
    };
  }

  const ageSeconds = Math.max(0, (now - outcome.startedAt) / 1000);
  const figures = {
    age: {
      value: Math.round(ageSeconds),
      text: formatAge(ageSeconds),
      title: new Date(outcome.startedAt).toISOString(),
    },
    duration: { value: outcome.durationSeconds, text: formatDuration(outcome.durationSeconds) },
    ...figuresOf(outcome.collectors),
  };
  const sentences = outcome.success ? complaints(outcome, figures) : failure(outcome);
  const reason = outcome.success ? {} : { reason: outcome.reason };
  if (ageSeconds >= staleAfterSeconds) {
    const then = outcome.success ? 'It was up then.' : 'It was down then.';
    const detail = [`Not probed for ${formatSpan(ageSeconds)}. ${then}`, ...sentences].join('\n');
    return { ...identity, ...stateOf('stale'), ...reason, detail, figures };
  }
  const state = stateOf(outcome.success ? 'up' : 'down', sentences.length > 0);
  return { ...identity, ...state, ...reason, detail: sentences.join('\n'), figures };
}

function stateOf(state: FleetState, complains = false): Pick<FleetRow, 'state' | 'word' | 'rank'> {
  const rank = FLEET_STATES.indexOf(state);
  return { state, word: STATE_WORDS[state], rank: state === 'up' && !complains ? rank + 1 : rank };
}

function failure({ reason, message }: ProbeOutcome): string[] {
  return [...new Set([FAILURE_REASONS[reason], message])].filter((sentence) => sentence !== '');
}

/** What is not well although the probe succeeded. */
function complaints({ collectors }: ProbeOutcome, figures: FleetRow['figures']): string[] {
  const sentences: string[] = [];
  for (const { collector, success, message } of collectors) {
    if (!success) sentences.push(`Collector ${collector} failed${message === '' ? '.' : `: ${message}`}`);
  }
  for (const { note } of Object.values(figures)) {
    if (note !== undefined) sentences.push(note);
  }
  return sentences;
}

function summarize(rows: readonly FleetRow[], counts: FleetView['counts']): string {
  const parts: string[] = [];
  for (const state of FLEET_STATES) {
    if (state !== 'up' && counts[state] > 0) parts.push(`${counts[state]} ${STATE_WORDS[state]}`);
  }
  const complaining = rows.filter((row) => row.state === 'up' && row.detail !== '').length;
  if (complaining > 0) parts.push(`${complaining} up but ${complaining === 1 ? 'wants' : 'want'} a look`);
  if (parts.length > 0) return parts.join(' · ');
  return counts.total > 0 ? 'Every node is up.' : 'No nodes yet.';
}

function simulatedSentence(rows: readonly FleetRow[]): string | undefined {
  const simulated = rows.filter((row) => row.simulated).length;
  if (simulated === 0) return undefined;
  if (simulated === rows.length) return 'Simulated fleet: nothing here is real.';
  const [are, them] = simulated === 1 ? ['is', 'it'] : ['are', 'them'];
  return `${simulated} of ${rows.length} nodes ${are} simulated: nothing about ${them} is real.`;
}
