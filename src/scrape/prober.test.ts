import { describe, expect, test } from '@jest/globals';
import type { ExecResult } from '../core/exec.js';
import { createLogger } from '../core/logger.js';
import { abortReason } from '../core/deadline.js';
import type { ProbeOutcome } from './outcome.js';
import { Prober, SaturatedError } from './prober.js';
import {
  answerOf,
  fakeExec,
  numberCollector,
  ran,
  testModule,
  testNode,
  wordsCollector,
} from './testing/fakes.js';

/** Until the node has said that it has no gate, and the batch is on its way. */
const turn = (): Promise<void> => new Promise(setImmediate);

/** A prober whose commands end when the test says so. */
function held(concurrentProbes = 10) {
  const open: ((result?: ExecResult) => void)[] = [];
  const outcomes: ProbeOutcome[] = [];
  let joined = 0;
  const exec = fakeExec(
    (command, { signal }) =>
      new Promise((resolve) => {
        open.push((result) => resolve(result ?? ran(answerOf(command, { number: '7', words: '' }))));
        signal.addEventListener('abort', () =>
          resolve(ran('', { reason: abortReason(signal) === 'deadline' ? 'command_timeout' : 'cancelled' })),
        );
      }),
  );
  const prober = new Prober({
    collectors: [numberCollector, wordsCollector],
    execFor: () => exec,
    limits: { concurrentProbes, outputBytes: 1000 },
    logger: createLogger('silent'),
    onOutcome: (outcome) => outcomes.push(outcome),
    onJoined: () => joined++,
  });
  return {
    prober,
    exec,
    outcomes,
    joined: () => joined,
    finish: async () => {
      await turn();
      for (const end of open.splice(0)) end();
    },
  };
}

describe('the prober', () => {
  test('answers two scrapers that ask for the same with one probe', async () => {
    const { prober, exec, outcomes, joined, finish } = held();
    const both = [
      prober.probe(testNode, testModule, { timeoutSeconds: 10 }),
      prober.probe(testNode, testModule, { timeoutSeconds: 10 }),
    ];
    await finish();
    const [first, second] = await Promise.all(both);
    expect(first).toBe(second);
    expect(exec.calls).toHaveLength(1);
    expect(outcomes).toHaveLength(1);
    expect(joined()).toBe(1);
    expect(prober.inFlight).toBe(0);
  });

  test('does not make a scraper wait for a probe that may outlast it', async () => {
    const { prober, exec, finish } = held();
    const patient = prober.probe(testNode, testModule, { timeoutSeconds: 60 });
    const hasty = prober.probe(testNode, testModule, { timeoutSeconds: 1 });
    await finish();
    await Promise.all([patient, hasty]);
    expect(exec.calls).toHaveLength(2);
  });

  test('cancels a probe when the last scraper has left, and not before', async () => {
    const { prober, exec } = held();
    const one = new AbortController();
    const two = new AbortController();
    const first = prober.probe(testNode, testModule, { timeoutSeconds: 10, signal: one.signal });
    void prober.probe(testNode, testModule, { timeoutSeconds: 10, signal: two.signal });
    await turn();
    one.abort();
    expect(exec.calls[0]?.options.signal.aborted).toBe(false);
    two.abort();
    expect((await first).reason).toBe('cancelled');
  });

  test('ends a probe at its deadline', async () => {
    const { prober } = held();
    expect((await prober.probe(testNode, testModule, { timeoutSeconds: 0.02 })).reason).toBe(
      'command_timeout',
    );
  });

  test('refuses more than the limit at once, queues nothing, and recovers', async () => {
    const { prober, finish } = held(1);
    const running = prober.probe(testNode, testModule, { timeoutSeconds: 10 });
    const other = { ...testNode, name: 'ams-1' };
    await expect(prober.probe(other, testModule, { timeoutSeconds: 10 })).rejects.toBeInstanceOf(
      SaturatedError,
    );
    await finish();
    await running;
    const again = prober.probe(other, testModule, { timeoutSeconds: 10 });
    await finish();
    expect((await again).success).toBe(true);
  });

  test('runs only the collectors of the module', async () => {
    const { prober, exec, finish } = held();
    const probe = prober.probe(testNode, { ...testModule, collectors: ['words'] }, { timeoutSeconds: 10 });
    await finish();
    expect((await probe).collectors.map(({ collector }) => collector)).toEqual(['words']);
    expect(exec.calls[0]?.command).not.toContain('echo 7');
  });

  test('uses a fresh token for every probe', async () => {
    const { prober, exec, finish } = held();
    for (let probe = 0; probe < 2; probe++) {
      const outcome = prober.probe(testNode, testModule, { timeoutSeconds: 10 });
      await finish();
      await outcome;
    }
    expect(exec.calls[0]?.command).not.toBe(exec.calls[1]?.command);
  });
});
