import { describe, expect, test } from '@jest/globals';
import { groupSamples } from './group-samples.js';

const device = (metric: string, name: string) => ({ metric, labels: { device: name }, value: 1 });

describe('the samples of a collector', () => {
  test('follow each other by family, in the order in which families first appear', () => {
    const histogram = { name: 'seconds', type: 'histogram', help: '' } as const;
    const samples = [
      device('in', 'eth0'),
      { metric: 'seconds_sum', value: 1, family: histogram },
      device('out', 'eth0'),
      device('in', 'eth1'),
      { metric: 'seconds_count', value: 1, family: { ...histogram } },
    ];
    expect(groupSamples(samples).map(({ metric, labels }) => [metric, labels?.['device']])).toEqual([
      ['in', 'eth0'],
      ['in', 'eth1'],
      ['seconds_sum', undefined],
      ['seconds_count', undefined],
      ['out', 'eth0'],
    ]);
  });

  test.each([2, 8, 9, 100])('are refused when one of %d series comes twice', (count) => {
    const samples = Array.from({ length: count }, (_, index) => device('in', `eth${index}`));
    expect(groupSamples(samples)).toHaveLength(count);
    expect(() => groupSamples([...samples, device('in', 'eth1')])).toThrow(
      'The node stated in twice with the same labels.',
    );
  });

  test('without labels are refused when they come twice', () =>
    expect(() =>
      groupSamples([
        { metric: 'load', value: 1 },
        { metric: 'load', value: 1 },
      ]),
    ).toThrow(/twice/));
});
