import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PipefleetError } from '../../core/errors.js';
import { damaged } from '../../testing/damage.js';
import { loadWeb } from './load-web.js';

const FIXTURES = join(import.meta.dirname, '__fixtures__');
const TEXTS = readdirSync(FIXTURES).map((file) => readFileSync(join(FIXTURES, file), 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'pipefleet-web-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a damaged web configuration is refused with places, or asks for something that can be done', async () => {
  const path = join(folder, 'web.yml');
  await fc.assert(
    fc.asyncProperty(damaged(TEXTS), async (text) => {
      writeFileSync(path, text);
      for (const files of [{ configPath: path }, { tokensPath: path }]) {
        const outcome: unknown = await loadWeb(files).catch((error: unknown) => error);
        if (!(outcome instanceof Error)) continue;
        expect(outcome).toBeInstanceOf(PipefleetError);
        for (const line of outcome.message.split('\n'))
          expect(line).toMatch(/^[^\p{Cc}]+web\.yml[: ][^\p{Cc}]+$/u);
      }
    }),
    { numRuns: 300 },
  );
});
