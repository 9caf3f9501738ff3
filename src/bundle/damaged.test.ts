import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatProblem } from '../config/diagnostics.js';
import { damaged } from '../testing/damage.js';
import { checkSettings } from './load-settings.js';

const EXAMPLE = readFileSync(join(import.meta.dirname, '../../bundle.example.yml'), 'utf8');

test('a damaged bundle.yml is settings, or sentences with places in it', () => {
  // Without its comments it says something.
  const texts = [EXAMPLE, EXAMPLE.replaceAll(/^# (?=[a-z_]+:| )/gm, '')];
  fc.assert(
    fc.property(damaged(texts), (text) => {
      const { settings, problems } = checkSettings(text, 'bundle.yml');
      expect(settings === undefined).toBe(problems.length > 0);
      for (const problem of problems)
        expect(formatProblem(problem)).toMatch(/^bundle\.yml:\d+:\d+: [^\p{Cc}]+$/u);
    }),
    { numRuns: 300 },
  );
});
