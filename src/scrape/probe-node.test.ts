import { describe, expect, test } from '@jest/globals';
import { buildBatch } from '../collectors/batch.js';
import type { Collector } from '../collectors/collector.js';
import type { ExecResult } from '../core/exec.js';
import { createLogger } from '../core/logger.js';
import { startDeadline } from '../core/deadline.js';
import { LargeAnswers } from './large-answers.js';
import type { ProbeOutcome } from './outcome.js';
import { probeNode } from './probe-node.js';
import { answerOf, fakeExec, numberCollector, ran, testNode, wordsCollector } from './testing/fakes.js';

const COLLECTORS = [numberCollector, wordsCollector];

async function probe(
  answer: (command: string) => ExecResult,
  collectors: readonly Collector[] = COLLECTORS,
): Promise<ProbeOutcome> {
  const deadline = startDeadline(5);
  const outcome = await probeNode({
    node: testNode,
    module: 'node',
    collectors,
    batch: buildBatch(collectors, testNode.software),
    exec: fakeExec(answer),
    ways: new WeakMap(),
    largeAnswers: new LargeAnswers(),
    signal: deadline.signal,
    maxOutputBytes: 1e6,
    logger: createLogger('silent'),
  });
  deadline.clear();
  return outcome;
}

describe('one probe', () => {
  test('gives each collector its part and the outcome everything', async () => {
    const outcome = await probe((command) => ran(answerOf(command, { number: '7\n', words: 'a 1\nb 2\n' })));
    expect(outcome).toMatchObject({
      node: 'fra-1',
      module: 'node',
      success: true,
      reason: 'none',
      message: '',
    });
    expect(outcome.collectors).toMatchObject([
      { collector: 'number', success: true, message: '', samples: [{ metric: 'test_number', value: 7 }] },
      {
        collector: 'words',
        success: true,
        message: '',
        samples: [
          { metric: 'test_word', labels: { name: 'a' }, value: 1 },
          { metric: 'test_word', labels: { name: 'b' }, value: 2 },
        ],
      },
    ]);
  });

  test('with a collector that cannot read its part succeeds without it', async () => {
    const outcome = await probe((command) => ran(answerOf(command, { number: 'seven', words: 'a 1' })));
    expect(outcome.success).toBe(true);
    expect(outcome.collectors[0]).toEqual({
      collector: 'number',
      success: false,
      message: 'It is not a number.',
      samples: [],
    });
  });

  test('of which no collector can read anything has failed', async () => {
    const outcome = await probe((command) => ran(answerOf(command, { number: 'seven' })), [numberCollector]);
    expect(outcome).toMatchObject({ success: false, reason: 'parse' });
    expect(outcome.message).toBe('No collector could read its part: It is not a number.');
  });

  test('of which one section is larger than any family of facts is succeeds without it', async () => {
    const large = 'word 1\n'.repeat(80_000);
    const outcome = await probe((command) => ran(answerOf(command, { number: '7', words: large })));
    expect(outcome.reason).toBe('none');
    expect(outcome.collectors.map(({ success, message }) => [success, message])).toEqual([
      [true, ''],
      [false, 'It printed more than 524288 characters.'],
    ]);
  });

  test('never gives a series twice', async () => {
    const outcome = await probe((command) => ran(answerOf(command, { number: '7', words: 'a 1\na 2' })));
    expect(outcome.collectors[1]).toMatchObject({ success: false, samples: [] });
    expect(outcome.collectors[1]?.message).toContain('test_word twice');
  });

  test('never gives a series twice that it passes on, whatever the names and the order of its labels', async () => {
    const family = { name: 'test_own', type: 'untyped', help: '' } as const;
    const passing = (...labels: readonly Record<string, string>[]): Collector => ({
      ...numberCollector,
      parse: () => labels.map((one) => ({ metric: 'test_own', labels: one, value: 1, family })),
    });
    const run = async (collector: Collector) =>
      (await probe((command) => ran(answerOf(command, { number: '7' })), [collector])).collectors[0];
    expect(await run(passing({ a: '1', b: '2' }, { b: '1', a: '2' }, { a: '1' }))).toMatchObject({
      success: true,
    });
    expect(await run(passing({ a: '1', b: '2' }, { b: '2', a: '1' }))).toMatchObject({ success: false });
    expect(await run(passing({ a: '1' }, { a: '1', b: '' }))).toMatchObject({ success: false });
  });

  test('that ended early keeps what arrived whole', async () => {
    const outcome = await probe((command) => {
      const whole = answerOf(command, { number: '7', words: 'a 1' });
      return ran(whole.slice(0, whole.indexOf('a 1')), { exitCode: 137, stderr: 'out of memory\nmore' });
    });
    expect(outcome).toMatchObject({ success: false, reason: 'command' });
    expect(outcome.message).toBe(
      'The command ended before it had printed everything (exit status 137); it said: out of memory',
    );
    expect(outcome.collectors.map(({ success }) => success)).toEqual([true, false]);
  });

  test('that timed out keeps what arrived whole, and the reason is the timeout', async () => {
    const outcome = await probe((command) => {
      const whole = answerOf(command, { number: '7', words: 'a 1' });
      const part = whole.slice(0, whole.indexOf('a 1'));
      return ran(part, { reason: 'command_timeout', message: 'Too slow.', exitCode: undefined });
    });
    expect(outcome).toMatchObject({ success: false, reason: 'command_timeout', message: 'Too slow.' });
    expect(outcome.collectors.map(({ success }) => success)).toEqual([true, false]);
  });

  test('answered by something else than our command says what it said', async () => {
    const outcome = await probe(() => ran('This account is currently not available.\n', { exitCode: 1 }));
    expect(outcome).toMatchObject({ success: false, reason: 'output' });
    expect(outcome.message).toContain('it said: This account is currently not available.');
  });

  test('of a node that forges markers with a token of its own gives nothing', async () => {
    const outcome = await probe(() => ran(answerOf(`T=${'0'.repeat(32)}`, { number: '7', words: 'a 1' })));
    expect(outcome).toMatchObject({ success: false, reason: 'output' });
  });

  test('survives a collector with a bug', async () => {
    const buggy: Collector = {
      ...numberCollector,
      parse: () => {
        throw new TypeError('undefined is not a function');
      },
    };
    const outcome = await probe(
      (command) => ran(answerOf(command, { number: '7', words: 'a 1' })),
      [buggy, wordsCollector],
    );
    expect(outcome.success).toBe(true);
    expect(outcome.collectors[0]).toMatchObject({ success: false, message: 'undefined is not a function' });
  });
});

describe('an answer that is as large as a node may print', () => {
  const line = 'a 1\n';

  test('costs the event loop no more than a step at a time, however many nodes send one', async () => {
    const steps: string[] = [];
    const largeAnswers = new LargeAnswers();
    const text = line.repeat(300_000);
    const signal = new AbortController().signal;
    const read = (node: string) =>
      largeAnswers.read(
        text,
        [1, 2, 3].map((step) => () => void steps.push(`${node}${step}`)),
        signal,
      );
    const other = new Promise<void>((resolve) => {
      setImmediate(() => {
        steps.push('other work');
        resolve();
      });
    });
    await Promise.all([read('a'), read('b'), other]);
    expect(steps.slice(0, 3)).toContain('other work');
    expect(steps.filter((step) => step !== 'other work')).toEqual(['a1', 'a2', 'a3', 'b1', 'b2', 'b3']);
  });

  test('is given up at the deadline of its probe', async () => {
    const largeAnswers = new LargeAnswers();
    const controller = new AbortController();
    const stopped = await largeAnswers.read(
      line.repeat(300_000),
      [() => controller.abort('deadline'), () => undefined],
      controller.signal,
    );
    expect(stopped).toHaveLength(1);
  });
});

describe('a node that states more than any machine has', () => {
  test('loses the collector that it floods, and no other', async () => {
    const outcome = await probe(
      (command) => {
        const words = Array.from({ length: 30_000 }, (_, index) => `w${index} 1`).join('\n');
        return ran(answerOf(command, { words, again: words, number: '7' }));
      },
      [wordsCollector, { ...wordsCollector, name: 'again' }, numberCollector],
    );
    expect(outcome.collectors.map(({ success, message }) => [success, message])).toEqual([
      [true, ''],
      [false, 'The node stated more than 50000 series.'],
      [true, ''],
    ]);
  });

  test('loses the collector whose file is larger than what is asked of a file, and no other', async () => {
    const path = '/proc/loadavg';
    const reading: Collector = { ...numberCollector, name: 'reading', files: [path], parse: () => [] };
    delete (reading as { script?: unknown }).script;
    const answer = (text: string) => (command: string) =>
      ran(answerOf(command, { files: `==> ${path} <==\n${text}`, number: '7' }));
    const collectors = [reading, numberCollector];
    const fits = await probe(answer('1'.repeat(262_144)), collectors);
    expect(fits.collectors.map(({ success }) => success)).toEqual([true, true]);
    const large = await probe(answer('1'.repeat(262_145)), collectors);
    expect(large.collectors.map(({ success, message }) => [success, message])).toEqual([
      [false, '/proc/loadavg has more than 262144 characters.'],
      [true, ''],
    ]);
    const lines = await probe(answer('\n'.repeat(32_769)), collectors);
    expect(lines.collectors[0]?.message).toBe('/proc/loadavg has more than 32768 lines.');
    const files = await probe(answer(`${'\n==> /x <=='.repeat(17_000)}\n`), collectors);
    expect(files.collectors.map(({ success, message }) => [success, message])).toEqual([
      [false, 'The node printed more than 16384 files.'],
      [true, ''],
    ]);
  });
});
