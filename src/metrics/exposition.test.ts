import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { renderExposition } from './exposition.js';

describe('the text exposition', () => {
  test('has help, type and one line a sample, labels in the promised order', () => {
    const spec = { type: 'counter', help: 'Bytes by device.', labels: ['device', 'direction'] } as const;
    expect(
      renderExposition([
        {
          name: 'test_bytes_total',
          spec,
          samples: [
            { metric: 'test_bytes_total', labels: { direction: 'in', device: 'eth0' }, value: 12 },
            { metric: 'test_bytes_total', labels: { device: 'eth1', direction: 'out' }, value: 0.5 },
          ],
        },
        { name: 'test_empty', spec, samples: [] },
      ]),
    ).toBe(
      [
        '# HELP test_bytes_total Bytes by device.',
        '# TYPE test_bytes_total counter',
        'test_bytes_total{device="eth0",direction="in"} 12',
        'test_bytes_total{device="eth1",direction="out"} 0.5',
        '',
      ].join('\n'),
    );
  });

  test('a family that is passed on has the names, labels and type that the node gave it', () => {
    const spec = { name: 'test_seconds', type: 'histogram', help: 'A \\ and\na break.' } as const;
    const sample = (metric: string, value: number, labels?: Record<string, string>) => ({
      metric,
      value,
      family: spec,
      ...(labels === undefined ? {} : { labels }),
    });
    expect(
      renderExposition([
        {
          name: spec.name,
          spec,
          samples: [
            sample('test_seconds_bucket', 2, { path: '/"a"', le: '+Inf' }),
            sample('test_seconds_sum', NaN),
            sample('test_seconds_count', 2, {}),
          ],
        },
      ]),
    ).toBe(
      [
        '# HELP test_seconds A \\\\ and\\na break.',
        '# TYPE test_seconds histogram',
        'test_seconds_bucket{path="/\\"a\\"",le="+Inf"} 2',
        'test_seconds_sum NaN',
        'test_seconds_count 2',
        '',
      ].join('\n'),
    );
  });

  test.each([
    [NaN, 'NaN'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
    [1e300, '1e+300'],
    [-0.25, '-0.25'],
  ])('writes %d as Prometheus does', (value, text) => {
    const spec = { type: 'gauge', help: 'x.' } as const;
    expect(renderExposition([{ name: 'x', spec, samples: [{ metric: 'x', value }] }])).toContain(
      `\nx ${text}\n`,
    );
  });

  test('no label value, whatever the node put there, leaves its line or its quotes', () => {
    const spec = { type: 'gauge', help: 'x.', labels: ['name'] } as const;
    const line = /^x\{name="(?:[^"\\\n\r]|\\["\\n])*"\} 1$/;
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const text = renderExposition([
          { name: 'x', spec, samples: [{ metric: 'x', labels: { name }, value: 1 }] },
        ]);
        const lines = text.split('\n');
        return lines.length === 4 && line.test(lines[2] ?? '');
      }),
    );
  });

  test('no label value is longer than the scrape jobs allow, which would refuse all that the node said', () => {
    const limits = [
      ...readFileSync('prometheus/prometheus.yml', 'utf8').matchAll(/label_value_length_limit: (\d+)/g),
    ];
    expect(limits.map(([, bytes]) => bytes)).toEqual(['512', '512', '512']);
    const spec = { type: 'gauge', help: 'x.', labels: ['name'] } as const;
    const written = (name: string): string => {
      const sample = { metric: 'x', labels: { name }, value: 1 };
      return (
        /\{name="(?<value>.*)"\} 1/.exec(renderExposition([{ name: 'x', spec, samples: [sample] }]))
          ?.groups?.['value'] ?? ''
      );
    };
    const whole = 'ä'.repeat(256);
    expect(written(whole)).toBe(whole);
    for (const unit of ['a', 'ä', '€', '😀']) {
      const cut = [`${unit.repeat(600)}x`, `${unit.repeat(600)}y`, `a${unit.repeat(600)}`].map(written);
      for (const value of cut) {
        expect(value).toMatch(new RegExp(`^a?(?:${unit})+…[0-9a-f]{16}$`, 'u'));
        expect(Buffer.byteLength(value)).toBeLessThanOrEqual(512);
        expect(Buffer.byteLength(value)).toBeGreaterThan(512 - 4);
      }
      expect(new Set(cut).size).toBe(3);
    }
  });
});
