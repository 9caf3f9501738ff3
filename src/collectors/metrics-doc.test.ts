import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { renderMetricsDoc } from './metrics-doc.js';
import { COLLECTORS } from './registry.js';

const text = renderMetricsDoc();

test('docs/metrics.md is what the collectors promise; npm run generate writes it', () => {
  const path = join(import.meta.dirname, '..', '..', 'docs', 'metrics.md');
  expect(readFileSync(path, 'utf8')).toBe(text);
});

test('every metric has a meaning and a source', () => {
  const metrics = COLLECTORS.flatMap((collector) => Object.keys(collector.metrics));
  const rows = text.split('\n').filter((line) => line.startsWith('| `'));
  expect(rows.map((row) => row.split('`')[1])).toEqual(metrics);
  for (const row of rows) expect(row).toMatch(/\. \| \S.* \|$/);
});
