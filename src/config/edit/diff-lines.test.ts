import { expect, test } from '@jest/globals';
import { diffLines } from './diff-lines.js';

test('shows what changes, with what stands around it', () => {
  expect(diffLines('a\nb\nc\nd\ne\n', 'a\nb\nc\nd\nf\n', 'x.yml')).toBe(
    '--- x.yml\n+++ x.yml\n@@ -2,4 +2,4 @@\n b\n c\n d\n-e\n+f\n',
  );
});

test('is empty where nothing changes', () => {
  expect(diffLines('a\n', 'a\n')).toBe('');
});
