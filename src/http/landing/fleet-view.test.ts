import { describe, expect, test } from '@jest/globals';
import { FAILURE_REASONS, failureReasons } from '../../core/failure.js';
import type { ProbeOutcome } from '../../scrape/outcome.js';
import { buildFleetView, type FleetRow, type FleetViewInput } from './fleet-view.js';
import { healthySamples, makeCollector, makeFailure, makeNode, makeOutcome, NOW } from './testing/fleet.js';

const view = (input: Partial<FleetViewInput>) =>
  buildFleetView({ nodes: [], outcomes: new Map(), now: NOW, version: '0.1.0', ...input });

function rowOf(outcome: ProbeOutcome | undefined, changes: Partial<FleetViewInput> = {}): FleetRow {
  const outcomes = new Map(outcome === undefined ? [] : [['fra-1', outcome]]);
  const [row] = view({ nodes: [makeNode('fra-1')], outcomes, ...changes }).rows;
  if (row === undefined) throw new Error('no row');
  return row;
}

describe('the state of a node', () => {
  test('is up after a probe that succeeded', () => {
    const row = rowOf(makeOutcome('fra-1'));
    expect(row).toMatchObject({ state: 'up', word: 'up', detail: '' });
    expect(row).not.toHaveProperty('reason');
    expect(row.figures.age).toMatchObject({ value: 8, text: '8 s ago' });
    expect(row.figures.duration.text).toBe('43 ms');
  });

  test.each(failureReasons)('is down for reason %s, with its sentence and what the probe said', (reason) => {
    const row = rowOf(makeFailure('fra-1', reason, 'Port 22 is closed.'));
    expect(row).toMatchObject({
      state: 'down',
      reason,
      detail: `${FAILURE_REASONS[reason]}\nPort 22 is closed.`,
    });
  });

  test('is never probed when there is no outcome, and then nothing is stated', () => {
    const row = rowOf(undefined);
    expect(row).toMatchObject({ state: 'never', word: 'never probed' });
    for (const figure of Object.values(row.figures)) expect(figure).toEqual({ text: '–' });
  });

  test('is stale from five minutes on, and says what it was', () => {
    const minutesAgo = (minutes: number) => NOW - minutes * 60_000;
    expect(rowOf(makeOutcome('fra-1', { startedAt: minutesAgo(4.9) })).state).toBe('up');
    expect(rowOf(makeOutcome('fra-1', { startedAt: minutesAgo(5) }))).toMatchObject({
      state: 'stale',
      detail: 'Not probed for 5 min. It was up then.',
    });
    expect(rowOf(makeFailure('fra-1', 'auth', '', { startedAt: minutesAgo(42) }))).toMatchObject({
      state: 'stale',
      reason: 'auth',
      detail: 'Not probed for 42 min. It was down then.\nThe node refused the key.',
    });
  });

  test('turns stale later when the scrape interval is long', () => {
    const outcome = makeOutcome('fra-1', { startedAt: NOW - 600_000 });
    expect(rowOf(outcome, { staleAfterSeconds: 1200 }).state).toBe('up');
  });

  test('is of age 0 when the clock was set back', () => {
    expect(rowOf(makeOutcome('fra-1', { startedAt: NOW + 3_600_000 })).figures.age.value).toBe(0);
  });
});

test('a node that is up may want a look', () => {
  const collectors = [
    makeCollector('everything', healthySamples({ pipe_node_registered: 0 })),
    makeCollector('systemd', [], 'systemctl did not answer'),
    makeCollector('time', [], ''),
  ];
  const input = {
    nodes: [makeNode('fra-1')],
    outcomes: new Map([['fra-1', makeOutcome('fra-1', { collectors })]]),
  };
  expect(view(input).rows[0]).toMatchObject({
    state: 'up',
    detail:
      'Collector systemd failed: systemctl did not answer\nThe node software says that it is not registered.',
  });
  expect(view(input).summary).toBe('1 up but wants a look');
});

test('what a node is called and where it stands comes from the inventory', () => {
  const [row] = view({ nodes: [makeNode('a b&c', { groups: ['edge', 'eu'], labels: {} })] }).rows;
  expect(row).toMatchObject({
    name: 'a b&c',
    group: 'edge, eu',
    region: '–',
    probe: '/probe?target=a%20b%26c&module=node&debug=true',
  });
});

test('rows come worst first, then by name in counting order', () => {
  const names = ['up-10', 'up-9', 'look-1', 'new-1', 'old-1', 'down-1'];
  const outcomes = new Map([
    ['up-10', makeOutcome('up-10')],
    ['up-9', makeOutcome('up-9')],
    ['look-1', makeOutcome('look-1', { collectors: [makeCollector('time', [], 'odd')] })],
    ['old-1', makeOutcome('old-1', { startedAt: 0 })],
    ['down-1', makeFailure('down-1', 'auth')],
  ]);
  const { rows, counts, summary } = view({ nodes: names.map((name) => makeNode(name)), outcomes });
  expect(rows.map((row) => row.name)).toEqual(['down-1', 'old-1', 'new-1', 'look-1', 'up-9', 'up-10']);
  expect(counts).toEqual({ total: 6, down: 1, stale: 1, never: 1, up: 3 });
  expect(summary).toBe('1 down · 1 stale · 1 never probed · 1 up but wants a look');
});

test('the summary of a quiet fleet and of an empty one', () => {
  const outcomes = new Map([['fra-1', makeOutcome('fra-1')]]);
  expect(view({ nodes: [makeNode('fra-1')], outcomes }).summary).toBe('Every node is up.');
  expect(view({}).summary).toBe('No nodes yet.');
});

describe('simulated nodes are called simulated', () => {
  const simulated = makeNode('sim-1', { labels: { simulated: 'true' } });
  const real = makeNode('fra-1');

  test('when all are', () => {
    expect(view({ nodes: [simulated] }).simulated).toBe('Simulated fleet: nothing here is real.');
  });

  test('when some are', () => {
    const mixed = view({ nodes: [simulated, real] });
    expect(mixed.simulated).toBe('1 of 2 nodes is simulated: nothing about it is real.');
    expect(mixed.rows.map((row) => row.simulated)).toEqual([false, true]);
  });

  test('and real ones are not', () => {
    expect(view({ nodes: [real] })).not.toHaveProperty('simulated');
  });
});
