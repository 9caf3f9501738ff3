import { expect, test } from '@jest/globals';
import { createLogger } from '../core/logger.js';
import type { Collector } from '../collectors/collector.js';
import { Prober } from './prober.js';
import { renderReport } from './report.js';
import { answerOf, fakeExec, numberCollector, ran, testModule, testNode } from './testing/fakes.js';

const talkative: Collector = { ...numberCollector, explain: () => ['It is a number.', 'a@example.com'] };

test('collectors that found nothing of their kind share a line', async () => {
  const missing: Collector = { ...numberCollector, name: 'missing', parse: () => [] };
  const other: Collector = { ...missing, name: 'other' };
  const prober = new Prober({
    collectors: [missing, numberCollector, other],
    execFor: () => fakeExec((command) => ran(answerOf(command, { missing: '', number: '7', other: '' }))),
    limits: { concurrentProbes: 1, outputBytes: 1000 },
    logger: createLogger('silent'),
  });
  const module = { ...testModule, collectors: ['missing', 'number', 'other'] };
  const outcome = await prober.probe(testNode, module, { timeoutSeconds: 10 });
  expect(renderReport(testNode, outcome, false)).toMatch(
    /\n {2}number {12}1 sample\n\n {2}absent: missing, other\n$/,
  );
});

test('what a collector says of its findings is in debug output, and nowhere else', async () => {
  const prober = new Prober({
    collectors: [talkative],
    execFor: () => fakeExec((command) => ran(answerOf(command, { number: '7' }))),
    limits: { concurrentProbes: 1, outputBytes: 1000 },
    logger: createLogger('silent'),
  });
  const outcome = await prober.probe(testNode, testModule, { timeoutSeconds: 10 });
  expect(renderReport(testNode, outcome, false)).not.toContain('It is a number.');
  expect(renderReport(testNode, outcome, true)).toContain(
    '\n── number ──\nIt is a number.\n[redacted]\n── command ──\n',
  );
});
