import type { InhibitRule } from '../inhibit-rules.js';

export type Labels = Readonly<Record<string, string>>;
type Test = (labels: Labels) => boolean;

/** Whether an alert inhibits another. */
export type Inhibits = (source: Labels, target: Labels) => boolean;

const MATCHER = /^(?<label>\w+) (?<operator>=|!=|=~|!~) (?:"(?<quoted>[^"]*)"|(?<bare>\S+))$/;

/**
 * Which alerts inhibit which others, as Alertmanager decides it: also those that are inhibited themselves. Of alerts that match both
 * sides of a rule, none inhibits another by it.
 */
export function inhibition(rules: readonly InhibitRule[]): Inhibits {
  const tests = rules.map(({ source_matchers: source, target_matchers: target, equal }) => ({
    isSource: matching(source),
    isTarget: matching(target),
    equal,
  }));
  return (source, target) =>
    tests.some(
      ({ isSource, isTarget, equal }) =>
        isSource(source) &&
        isTarget(target) &&
        equal.every((label) => (source[label] ?? '') === (target[label] ?? '')) &&
        !(isTarget(source) && isSource(target)),
    );
}

/** The alerts of a set that are sent. */
export function sentOf(inhibits: Inhibits, alerts: readonly Labels[]): Labels[] {
  return alerts.filter((target) => !alerts.some((source) => inhibits(source, target)));
}

function matching(matchers: readonly string[]): Test {
  const tests = matchers.map((matcher): Test => {
    const { label = '', operator, quoted, bare } = MATCHER.exec(matcher)?.groups ?? {};
    if (operator === undefined) throw new Error(`No form of a matcher: ${matcher}`);
    const wanted = quoted ?? bare ?? '';
    const pattern = new RegExp(`^(?:${wanted})$`);
    const isEqual = (value: string): boolean =>
      operator.endsWith('~') ? pattern.test(value) : value === wanted;
    return (labels) => isEqual(labels[label] ?? '') !== operator.startsWith('!');
  });
  return (labels) => tests.every((test) => test(labels));
}
