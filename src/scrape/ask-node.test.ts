import { describe, expect, test } from '@jest/globals';
import { buildBatch } from '../collectors/batch.js';
import { startDeadline } from '../core/deadline.js';
import type { Exec, ExecResult } from '../core/exec.js';
import { createLogger } from '../core/logger.js';
import { batchDigest } from '../gate/batch-digest.js';
import type { Ways } from './ask-node.js';
import type { ProbeOutcome } from './outcome.js';
import { LargeAnswers } from './large-answers.js';
import { probeNode } from './probe-node.js';
import {
  answerOf,
  NO_GATE,
  NO_PHASES,
  numberCollector,
  ran,
  testNode,
  wordsCollector,
} from './testing/fakes.js';

const collectors = [numberCollector, wordsCollector];
const batch = buildBatch(collectors, testNode.software);

/** What a gate answers, of a batch and a version. */
function gateAnswer(
  request: string,
  sections: Record<string, string>,
  { made = batchDigest(batch), version = '0.1.0' } = {},
): string {
  const token = request.split(' ')[3] ?? '';
  return `@${token} gate ${version} ${made}\n${answerOf(`T=${token}\n`, sections)}`;
}

const refused = (why: string): ExecResult =>
  ran('', { exitCode: 126, stderr: `pipefleet-gate: refused: ${why}\n` });

const SECTIONS = { number: '7', words: 'a 1' };

/** A node whose gate and shell are what the test says; what it was asked, in short. */
function nodeWith(node: {
  gate: ((request: string) => ExecResult) | undefined;
  shell: ((command: string) => ExecResult) | undefined;
  missing?: ExecResult;
}) {
  const asked: string[] = [];
  const ways: Ways = new WeakMap();
  const largeAnswers = new LargeAnswers();
  const exec: Exec = {
    exec: (command) => {
      const request = command.startsWith('pipefleet-gate ');
      asked.push(request ? command.split(' ').slice(1, 3).join(' ') : 'batch');
      if (node.gate !== undefined) {
        return Promise.resolve(request ? node.gate(command) : refused('this key takes requests only'));
      }
      return Promise.resolve(request ? (node.missing ?? NO_GATE) : (node.shell?.(command) ?? NO_GATE));
    },
  };
  const probe = async (): Promise<ProbeOutcome> => {
    const deadline = startDeadline(5);
    const outcome = await probeNode({
      ...{ node: testNode, module: 'node', collectors, batch, exec, ways, largeAnswers },
      signal: deadline.signal,
      maxOutputBytes: 1e6,
      logger: createLogger('silent'),
    });
    deadline.clear();
    return outcome;
  };
  return { probe, asked, node };
}

const shell = (command: string): ExecResult => ran(answerOf(command, SECTIONS));
const gate = (request: string): ExecResult => ran(gateAnswer(request, SECTIONS));

describe('a node', () => {
  test('without a gate is asked for one once, and then gets the batch', async () => {
    const { probe, asked } = nodeWith({ gate: undefined, shell });
    for (let count = 0; count < 2; count++) {
      expect(await probe()).toMatchObject({ success: true, gate: undefined });
    }
    expect(asked).toEqual(['monitor node', 'batch', 'batch']);
  });

  test('with a gate never gets a batch, and gives the same', async () => {
    const { probe, asked } = nodeWith({ gate, shell: undefined });
    const through = await probe();
    expect(await probe()).toMatchObject({ success: true, gate: { version: '0.1.0', current: true } });
    expect(asked).toEqual(['monitor node', 'monitor node']);
    const direct = await nodeWith({ gate: undefined, shell }).probe();
    expect(through.collectors.map(({ samples }) => samples)).toEqual(
      direct.collectors.map(({ samples }) => samples),
    );
  });

  test('that gets a gate is asked through it in the very same probe', async () => {
    const { probe, asked, node } = nodeWith({ gate: undefined, shell });
    await probe();
    node.gate = gate;
    expect(await probe()).toMatchObject({ success: true, gate: { version: '0.1.0' } });
    await probe();
    expect(asked.slice(2)).toEqual(['batch', 'monitor node', 'monitor node']);
  });

  test('that loses its gate gets the batch in the very same probe', async () => {
    const { probe, asked, node } = nodeWith({ gate, shell });
    await probe();
    node.gate = undefined;
    expect(await probe()).toMatchObject({ success: true, gate: undefined });
    await probe();
    expect(asked.slice(1)).toEqual(['monitor node', 'batch', 'batch']);
  });

  test('whose gate refuses is not asked again, and the reason is said', async () => {
    const why = 'this gate has no module of that name; renew it with: pipefleet nodes setup';
    const { probe, asked } = nodeWith({ gate: () => refused(why), shell: undefined });
    expect(await probe()).toMatchObject({
      success: false,
      reason: 'output',
      message: `The gate on the node refused the probe: ${why}`,
    });
    expect(asked).toEqual(['monitor node']);
  });

  test('that answers neither way is asked twice and no more, and says what it said', async () => {
    const { probe, asked } = nodeWith({ gate: undefined, shell: () => ran('Welcome!\n', { exitCode: 1 }) });
    const outcome = await probe();
    expect(outcome).toMatchObject({ success: false, reason: 'output' });
    expect(outcome.message).toContain('it said: Welcome!');
    expect(asked).toEqual(['monitor node', 'batch']);
  });

  test('that cannot be reached is not asked a second time', async () => {
    const { probe, asked } = nodeWith({ gate: () => ran('', { reason: 'connect' }), shell: undefined });
    expect(await probe()).toMatchObject({ reason: 'connect' });
    expect(asked).toHaveLength(1);
  });

  test('adds up the time of both questions; the connection is that of the first', async () => {
    const phases = { ...NO_PHASES, auth: 1, command: 0.25 };
    const { probe } = nodeWith({
      gate: undefined,
      missing: { ...NO_GATE, phases, connectionReused: false },
      shell: (command) => ran(answerOf(command, SECTIONS), { phases: { ...NO_PHASES, command: 0.5 } }),
    });
    expect(await probe()).toMatchObject({ connectionReused: false, phases: { auth: 1, command: 0.75 } });
  });
});

describe('an older gate', () => {
  const older = { made: '0'.repeat(16), version: '0.0.9' };

  test('costs the collectors that it does not have, and not the probe', async () => {
    const { probe } = nodeWith({
      gate: (request) => ran(gateAnswer(request, { gone: 'x', words: 'a 1' }, older)),
      shell: undefined,
    });
    const outcome = await probe();
    expect(outcome).toMatchObject({ success: true, gate: { version: '0.0.9', current: false } });
    expect(outcome.collectors).toMatchObject([
      {
        collector: 'number',
        success: false,
        message:
          'The gate on the node, of version 0.0.9, does not have it; renew it with: pipefleet nodes setup fra-1',
      },
      { collector: 'words', success: true },
    ]);
  });

  test('that was cut off is no answer', async () => {
    const { probe } = nodeWith({
      gate: (request) => ran(gateAnswer(request, { words: 'a 1' }, older).replace(/@\w+ done\n$/, '')),
      shell: undefined,
    });
    const outcome = await probe();
    expect(outcome).toMatchObject({ success: false, reason: 'command' });
    expect(outcome.collectors[0]?.message).toBe('Its part of the output did not arrive.');
  });

  test('reads files in another order, and others, and none is taken for a part of another', () => {
    const token = 'f'.repeat(32);
    const files = { ...numberCollector, files: ['/proc/a', '/proc/b'] };
    const text = '==> /proc/b <==\nB\n\n==> /proc/new <==\nN\n\n==> /proc/a <==\nA\n';
    const answer = answerOf(`T=${token}\n`, { files: text, number: '7' });
    const read = (foreign: boolean) =>
      Object.fromEntries(buildBatch([files], testNode.software).split(answer, token, foreign).files);
    expect(read(true)).toEqual({ '/proc/a': 'A\n', '/proc/b': 'B\n' });
    expect(read(false)).toEqual({ '/proc/b': text.slice('==> /proc/b <==\n'.length) });
  });
});
