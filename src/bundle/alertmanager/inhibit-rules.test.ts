import { describe, expect, test } from '@jest/globals';
import { ALERT_GROUPS } from '../alerts/registry.js';
import { inhibitRules } from './inhibit-rules.js';

/** Told apart where there are several of a kind; missing on both sides where there are not. */
const OPTIONAL = ['alertname', 'job', 'mountpoint', 'name'];

const rules = inhibitRules('zone');
const isForSeverities = (matchers: readonly string[]): boolean => matchers[0] === 'severity = critical';

describe.each(rules)('$why', ({ source_matchers: source, target_matchers: target, equal = [] }) => {
  test('ties by labels that the source must have', () => {
    const free = isForSeverities(source) ? OPTIONAL : [];
    const unguarded = equal.filter((label) => !free.includes(label) && !source.includes(`${label} != ""`));
    expect(unguarded).toEqual([]);
  });

  test('names alerts that there are', () => {
    const known = ALERT_GROUPS.flatMap(({ alerts }) => alerts.map(({ name }) => name));
    const named = [...source, ...target].join(' ').match(/\bPipe\w+/g) ?? [];
    expect(named.filter((name) => name !== 'Pipe' && !known.includes(name))).toEqual([]);
  });
});

test('regions are told apart by the label of peers', () => {
  const region = rules.find(({ source_matchers: source }) => source.includes('alertname = PipeRegionDown'));
  expect(region?.equal).toEqual(['job', 'zone']);
});
