import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { damaged } from '../testing/damage.js';
import { parseAddress } from './address.js';
import { formatProblem } from './diagnostics.js';
import { checkConfig } from './load.js';
import { parseDuration, parseSize } from './quantities.js';
import { sourcePatternMistake } from './source-pattern.js';

const FIXTURES = join(import.meta.dirname, '__fixtures__');
const TEXTS = [
  readFileSync(join(import.meta.dirname, '../../pipefleet.example.yml'), 'utf8'),
  ...readdirSync(FIXTURES).map((file) => readFileSync(join(FIXTURES, file), 'utf8')),
];
const OPTIONS = {
  collectors: [{ name: 'cpu', module: 'node' as const }],
  home: '/home/operator',
  environment: {},
};

test('a damaged pipefleet.yml is a configuration, or sentences with places in it', () => {
  fc.assert(
    fc.property(damaged(TEXTS), (text) => {
      const { config, problems } = checkConfig(text, 'pipefleet.yml', OPTIONS);
      expect(config === undefined).toBe(problems.length > 0);
      const lines = text.split('\n').length;
      for (const problem of problems) {
        expect(problem.line).toBeGreaterThanOrEqual(1);
        expect(problem.line).toBeLessThanOrEqual(lines);
        expect(problem.column).toBeGreaterThanOrEqual(1);
        expect(formatProblem(problem)).toMatch(/^pipefleet\.yml:\d+:\d+: [^\p{Cc}]+$/u);
      }
    }),
    { numRuns: 1000 },
  );
});

test('small values are read or refused, whatever they are', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        damaged(['10m', '4MiB', '127.0.0.1:22', '[::1]:22', '!192.0.2.0/24']),
      ),
      (text) => {
        for (const number of [parseDuration(text), parseSize(text)]) {
          if (number !== undefined) expect(number).toBeGreaterThanOrEqual(0);
        }
        const address = parseAddress(text);
        if (address !== undefined) expect(address.port).toBeLessThanOrEqual(65_535);
        expect(sourcePatternMistake(text) ?? '').not.toMatch(/\p{Cc}/u);
      },
    ),
    { numRuns: 2000 },
  );
});
