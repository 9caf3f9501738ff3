import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ALERT_GROUPS } from '../alerts/registry.js';
import { checkSettings } from '../load-settings.js';
import { inhibitRules, type InhibitRule } from './inhibit-rules.js';
import { everyAlert, OF_MANY, OUTAGE, OUTAGES, saysTheSame } from './testing/alert-sets.js';
import { inhibition, type Labels, sentOf } from './testing/inhibition.js';

/** Told apart where there are several of a kind; missing on both sides where there are not. */
const OPTIONAL = ['alertname', 'job', 'mountpoint', 'name'];
const RANK = ['none', 'info', 'warning', 'critical'];

const NAMES = ALERT_GROUPS.flatMap(({ alerts }) => alerts.map(({ name }) => name));

/** The rules of a bundle.yml. */
function rulesOf(text: string): InhibitRule[] {
  const { settings, problems } = checkSettings(text, 'bundle.yml');
  if (settings === undefined) throw new Error(JSON.stringify(problems));
  return inhibitRules(settings);
}

const rules = rulesOf('{}');
const isForSeverities = (matchers: readonly string[]): boolean => matchers[0] === 'severity = critical';

describe.each(rules)('$why', ({ source_matchers: source, target_matchers: target, equal }) => {
  test('ties by labels that the source must have', () => {
    const free = isForSeverities(source) ? OPTIONAL : [];
    const unguarded = equal.filter((label) => !free.includes(label) && !source.includes(`${label} != ""`));
    expect(unguarded).toEqual([]);
  });

  test('names alerts that there are', () => {
    const named = [...source, ...target].join(' ').match(/\bPipe\w+/g) ?? [];
    expect(named.filter((name) => name !== 'Pipe' && !NAMES.includes(name))).toEqual([]);
  });
});

test('regions are told apart by the label of peers', () => {
  const zones = rulesOf('peer_label: zone');
  const region = zones.find(({ source_matchers: source }) => source.includes('alertname = PipeRegionDown'));
  expect(region?.equal).toEqual(['job', 'zone']);
});

/** Which alerts each alert inhibits, of those that may all fire at once. */
function targetsBySource(
  of: readonly InhibitRule[],
  alerts: readonly Labels[],
): Map<Labels, readonly Labels[]> {
  const inhibits = inhibition(of);
  return new Map(alerts.map((source) => [source, alerts.filter((target) => inhibits(source, target))]));
}

/** `A → B → C` where A inhibits B, and B, although inhibited, inhibits C, which A does not. */
function looseChains(targetsOf: ReadonlyMap<Labels, readonly Labels[]>): string[] {
  const found = new Set<string>();
  for (const [first, middles] of targetsOf)
    for (const middle of middles)
      for (const last of targetsOf.get(middle) ?? [])
        if (!middles.includes(last))
          found.add([first, middle, last].map(({ alertname = '' }) => alertname).join(' → '));
  return [...found];
}

/** Chains that may stay: what else is said of a node that cannot be probed is old, whichever alert says that it cannot. */
const isKnown = (chain: string): boolean =>
  [...OF_MANY, 'PipeNodeHostKeyChanged'].some((cause) => chain.startsWith(`${cause} → PipeNodeDown → `));

/** Severities that an operator may choose, as bundle.yml and by name. */
const severities = fc
  .dictionary(fc.constantFrom(...NAMES.filter((name) => name !== 'Watchdog')), fc.constantFrom(...RANK), {
    maxKeys: 30,
  })
  .map((chosen) => ({
    text: `alerts: {${Object.entries(chosen)
      .map(([name, severity]) => `${name}: { severity: ${severity} }`)
      .join(', ')}}`,
    alerts: everyAlert(new Map(Object.entries(chosen))),
  }));

describe('an alert that is inhibited', () => {
  test('inhibits nothing that its own cause does not', () => {
    const targetsOf = targetsBySource(rules, everyAlert());
    const chains = looseChains(targetsOf);
    expect(chains.filter(isKnown).length).toBeGreaterThan(100);
    expect(chains.filter((chain) => !isKnown(chain))).toEqual([]);
  });

  test('nor does it with other severities, and nothing less severe inhibits it, which other people may get', () => {
    fc.assert(
      fc.property(severities, ({ text, alerts }) => {
        const targetsOf = targetsBySource(rulesOf(text), alerts);
        expect(looseChains(targetsOf).filter((chain) => !isKnown(chain))).toEqual([]);
        const pairs = [...targetsOf].flatMap(([source, targets]) =>
          targets.map((target) => [source, target] as const),
        );
        const rank = ({ severity = '' }: Labels): number => RANK.indexOf(severity);
        expect(pairs.filter(([source, target]) => rank(source) < rank(target))).toEqual([]);
        expect(pairs.filter(([source, target]) => targetsOf.get(target)?.includes(source))).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });
});

describe('in an outage', () => {
  const inhibits = inhibition(rules);
  const namesOf = (set: readonly Labels[]): string[] =>
    set.map(({ alertname = '', instance = '' }) => `${alertname} ${instance}`.trim());

  test('whatever comes together, every cause has a message', () => {
    expect(OUTAGES).toHaveLength(1024);
    for (const set of OUTAGES) {
      const sent = sentOf(inhibits, set);
      const missed = set.filter((alert) => !sent.some((one) => one === alert || saysTheSame(one, alert)));
      expect([namesOf(set), namesOf(missed)]).toEqual([namesOf(set), []]);
    }
  });

  test.each([
    [
      'one of two exporters, and a region: the region is in the message about the fleet',
      ['PipefleetInstanceDown', 'PipeNodesDownMany', 'PipeRegionDown', 'PipeNodeDown'],
      ['PipefleetInstanceDown exporter-1', 'PipeNodesDownMany'],
    ],
    [
      'one of two exporters, and a small region',
      ['PipefleetInstanceDown', 'PipeRegionDown', 'PipeNodeDown'],
      ['PipefleetInstanceDown exporter-1', 'PipeRegionDown', 'PipeNodeDown fra-1'],
    ],
    [
      'every exporter, after many nodes',
      ['PipefleetDown', 'PipeNodesDownMany', 'PipeRegionDown', 'PipeNodeDown', 'PipeNodeScrapeFailing'],
      ['PipefleetDown exporter-1', 'PipeNodesDownMany'],
    ],
    [
      'one of two exporters, of whose nodes nothing is known',
      ['PipefleetInstanceDown', 'PipeNodeScrapeFailing'],
      ['PipefleetInstanceDown exporter-1', 'PipeNodeScrapeFailing sgp-2'],
    ],
  ])('%s', (_, firing, expected) => {
    const set = OUTAGE.filter(({ alertname = '' }) => firing.includes(alertname));
    expect(namesOf(sentOf(inhibits, set))).toEqual(expected);
  });
});

test('a changed host key hides no warning of a node that still answers, only of one that is down', () => {
  const alert = (alertname: string, severity: string): Labels => ({
    alertname,
    severity,
    job: 'pipe-node',
    instance: 'fra-1',
  });
  const changed = alert('PipeNodeHostKeyChanged', 'critical');
  const memory = alert('PipeNodeMemoryHigh', 'warning');
  expect(sentOf(inhibition(rules), [changed, memory])).toEqual([changed, memory]);
  expect(sentOf(inhibition(rules), [changed, alert('PipeNodeDown', 'critical'), memory])).toEqual([changed]);
});

describe('with teams', () => {
  const teams = rulesOf(
    'notify: { receivers: [{ name: a, webhook: { url_file: /x } }, { name: b, webhook: { url_file: /y } }], teams: [{ team: asia, receiver: b }] }',
  );
  const many = { alertname: 'PipeNodesDownMany', severity: 'critical', job: 'pipe-node' };
  const down = (instance: string, more: Labels = {}): Labels => ({
    alertname: 'PipeNodeDown',
    severity: 'critical',
    job: 'pipe-node',
    instance,
    ...more,
  });

  test('a team gets messages about its nodes while everybody else gets one about the fleet', () => {
    const own = down('sgp-1', { team: 'asia' });
    const old = { ...own, alertname: 'PipeNodeMemoryHigh', severity: 'warning' };
    expect(sentOf(inhibition(teams), [many, down('fra-1'), own, old])).toEqual([many, own]);
  });

  test('a team that is not configured has its messages with everybody, and so one about the fleet', () => {
    const unknown = down('lim-1', { team: 'lima' });
    const old = { ...unknown, alertname: 'PipeNodeMemoryHigh', severity: 'warning' };
    expect(sentOf(inhibition(teams), [many, down('fra-1'), unknown, old])).toEqual([many]);
  });

  test('what goes to a team alone inhibits nothing that goes to everybody', () => {
    const cause = down('sgp-1', { team: 'asia' });
    const old = { ...down('sgp-1', { team: 'lima' }), alertname: 'PipeNodeMemoryHigh', severity: 'warning' };
    expect(sentOf(inhibition(teams), [cause, old])).toEqual([cause, old]);
  });

  test('the label of teams ties nothing where there are none', () => {
    const set = [many, down('fra-1'), down('sgp-1', { team: 'asia' })];
    expect(sentOf(inhibition(rules), set)).toEqual([many]);
  });
});
