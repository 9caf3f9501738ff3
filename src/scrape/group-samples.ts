import { ParseError, type Sample } from '../collectors/collector.js';

/** Up to so many series of one metric, comparing each with each is cheaper than a set of texts. */
const FEW = 8;

/**
 * The samples of one collector so that those of one family follow each other, families in the order in which they first appear.
 *
 * @throws {ParseError} when a series appears twice, for which Prometheus would refuse the whole exposition
 */
export function groupSamples(samples: readonly Sample[]): readonly Sample[] {
  const families = new Map<string, Sample[]>();
  for (const sample of samples) {
    const { metric, family } = sample;
    const key = family === undefined ? metric : `\0${family.name}`;
    const known = families.get(key);
    if (known === undefined) families.set(key, [sample]);
    else known.push(sample);
  }
  const grouped: Sample[] = [];
  for (const family of families.values()) {
    if (family.length > 1) refuseDuplicates(family);
    for (const sample of family) grouped.push(sample);
  }
  return grouped;
}

function refuseDuplicates(family: readonly Sample[]): void {
  if (family[0]?.family !== undefined || family.length > FEW) {
    const seen = new Set<string>();
    for (const sample of family) {
      const series = seriesOf(sample);
      if (seen.has(series)) throw twice(sample);
      seen.add(series);
    }
    return;
  }
  family.forEach((sample, index) => {
    for (let other = index + 1; other < family.length; other++)
      if (hasSameLabels(sample.labels, family[other]?.labels)) throw twice(sample);
  });
}

/** The labels of what is promised have the same names. */
function hasSameLabels(one: Sample['labels'] = {}, other: Sample['labels'] = {}): boolean {
  for (const name in one) if (one[name] !== other[name]) return false;
  return true;
}

/** The labels of what is promised always come in the same order; what is passed on has any in any order, and an empty one is none. */
function seriesOf({ metric, labels = {}, family }: Sample): string {
  if (family === undefined) return Object.values(labels).join('\0');
  const stated = Object.entries(labels).filter(([, value]) => value !== '');
  return `${metric}\0${JSON.stringify(stated.sort(([a], [b]) => (a < b ? -1 : 1)))}`;
}

function twice({ metric }: Sample): ParseError {
  return new ParseError(`The node stated ${metric} twice with the same labels.`);
}
