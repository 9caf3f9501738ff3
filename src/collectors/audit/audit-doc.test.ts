import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { renderAuditDoc } from './audit-doc.js';
import { CHECKS } from './checks.js';

const text = renderAuditDoc();

test('docs/audit.md is what the checks say; npm run generate writes it', () => {
  const path = join(import.meta.dirname, '..', '..', '..', 'docs', 'audit.md');
  expect(readFileSync(path, 'utf8')).toBe(text);
});

test('has a row for every check, with as many cells as the heading', () => {
  const rows = text.split('\n').filter((line) => line.startsWith('| `'));
  expect(rows.map((row) => row.split('`')[1])).toEqual(CHECKS.map(({ id }) => id));
  for (const row of rows) expect(row.match(/(?<!\\)\|/g)).toHaveLength(7);
});
